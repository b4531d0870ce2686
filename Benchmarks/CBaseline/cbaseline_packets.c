#include "include/CBaseline.h"

#include <string.h>

#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_pause.h>
#include <rte_ring.h>

#define BURST_MAX 512

uint64_t cbaseline_packets_around(struct cbaseline_ring *shared, struct cbaseline_pool *pool, uint32_t burst,
                                  uint64_t rounds) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX];
    if (burst > BURST_MAX || rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
        return 0;
    uint64_t start = cbaseline_ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        rte_ring_sp_enqueue_burst(ring, (void **)packets, burst, NULL);
        rte_ring_sc_dequeue_burst(ring, (void **)packets, burst, NULL);
    }
    uint64_t ticks = cbaseline_ticks() - start;
    rte_pktmbuf_free_bulk(packets, burst);
    return ticks;
}

uint64_t cbaseline_packets_through(struct cbaseline_ring *shared, struct cbaseline_pool *pool, uint32_t burst,
                                   uint64_t rounds) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX];
    if (burst > BURST_MAX)
        return 0;
    uint64_t start = cbaseline_ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        if (rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
            return 0;
        rte_ring_sp_enqueue_burst(ring, (void **)packets, burst, NULL);
        unsigned n = rte_ring_sc_dequeue_burst(ring, (void **)packets, burst, NULL);
        rte_pktmbuf_free_bulk(packets, n);
    }
    return cbaseline_ticks() - start;
}

uint64_t cbaseline_packets_each(struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds, uint64_t *result) {
    struct rte_mbuf *packets[BURST_MAX];
    if (burst > BURST_MAX || rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
        return 0;
    for (unsigned i = 0; i < burst; i++)
        memset(rte_pktmbuf_append(packets[i], 60), 8, 60);
    uint64_t sum = 0;
    uint64_t start = cbaseline_ticks();
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned j = 0; j < burst; j++) {
            if (rte_pktmbuf_data_len(packets[j]) >= RTE_ETHER_HDR_LEN)
                sum += rte_be_to_cpu_16(rte_pktmbuf_mtod(packets[j], const struct rte_ether_hdr *)->ether_type);
        }
        /* Another burst would be here: nothing that was read is known any more. */
        cbaseline_forget();
    }
    uint64_t ticks = cbaseline_ticks() - start;
    rte_pktmbuf_free_bulk(packets, burst);
    *result = sum;
    return ticks;
}

void cbaseline_packets_produce(struct cbaseline_ring *shared, struct cbaseline_pool *pool, uint32_t burst,
                               uint64_t count) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX];
    if (burst > BURST_MAX)
        return;
    for (uint64_t sent = 0; sent < count;) {
        if (rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0) {
            rte_pause();
            continue;
        }
        /* A packet that does not fit is kept for the next time, as the library keeps it. */
        for (unsigned done = 0; done < burst;) {
            unsigned n = rte_ring_sp_enqueue_burst(ring, (void **)(packets + done), burst - done, NULL);
            if (n == 0)
                rte_pause();
            done += n;
        }
        sent += burst;
    }
}

void cbaseline_packets_consume(struct cbaseline_ring *shared, uint32_t burst, uint64_t count) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX];
    for (uint64_t received = 0; received < count;) {
        unsigned n = rte_ring_sc_dequeue_burst(ring, (void **)packets, RTE_MIN(burst, (unsigned)BURST_MAX), NULL);
        if (n == 0) {
            rte_pause();
            continue;
        }
        rte_pktmbuf_free_bulk(packets, n);
        received += n;
    }
}
