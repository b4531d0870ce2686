#include "include/CBaseline.h"

#include <string.h>

#include <cdpdk_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_pause.h>
#include <rte_ring.h>

#define BURST_MAX 512

static const struct cbaseline_outcome nothing = {0, 0};

struct cbaseline_outcome cbaseline_packets_around(struct cbaseline_ring *shared, struct cbaseline_pool *pool,
                                                  uint32_t burst, uint64_t rounds) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned, *before[BURST_MAX];
    if (burst > BURST_MAX || rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
        return nothing;
    memcpy(before, packets, burst * sizeof(*packets));
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        rte_ring_sp_enqueue_burst(ring, (void **)packets, burst, NULL);
        if (unlikely(rte_ring_sc_dequeue_burst(ring, (void **)packets, burst, NULL) != burst))
            break;
    }
    uint64_t ticks = cdpdk_cycles() - start;
    bool are_same = memcmp(before, packets, burst * sizeof(*packets)) == 0;
    rte_pktmbuf_free_bulk(before, burst);
    return are_same ? (struct cbaseline_outcome){ticks, i * burst} : nothing;
}

struct cbaseline_outcome cbaseline_packets_through(struct cbaseline_ring *shared, struct cbaseline_pool *pool,
                                                   uint32_t burst, uint64_t rounds) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned;
    if (burst > BURST_MAX)
        return nothing;
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        if (rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
            break;
        rte_ring_sp_enqueue_burst(ring, (void **)packets, burst, NULL);
        unsigned n = rte_ring_sc_dequeue_burst(ring, (void **)packets, burst, NULL);
        rte_pktmbuf_free_bulk(packets, n);
        if (unlikely(n != burst))
            break;
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i * burst};
}

struct cbaseline_outcome cbaseline_packets_each(struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds,
                                                uint64_t *result) {
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned;
    if (burst > BURST_MAX || rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
        return nothing;
    for (unsigned i = 0; i < burst; i++)
        memset(rte_pktmbuf_append(packets[i], 60), 8, 60);
    uint64_t sum = 0;
    uint64_t start = cdpdk_cycles();
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned j = 0; j < burst; j++) {
            if (rte_pktmbuf_data_len(packets[j]) >= RTE_ETHER_HDR_LEN)
                sum += rte_be_to_cpu_16(rte_pktmbuf_mtod(packets[j], const struct rte_ether_hdr *)->ether_type);
        }
        /* A real loop would have another burst now, so nothing may be kept from this one. */
        cbaseline_forget();
    }
    uint64_t ticks = cdpdk_cycles() - start;
    rte_pktmbuf_free_bulk(packets, burst);
    *result = sum;
    return (struct cbaseline_outcome){ticks, rounds * burst};
}

uint64_t cbaseline_packets_produce(struct cbaseline_ring *shared, struct cbaseline_pool *pool, uint32_t burst,
                                   uint64_t count) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned;
    if (burst > BURST_MAX)
        return 0;
    uint64_t sent = 0;
    while (sent < count) {
        if (rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0) {
            rte_pause();
            if (cbaseline_is_alone())
                break;
            continue;
        }
        /* Packets that do not fit are tried again, as in the Swift loop. */
        for (unsigned done = 0; done < burst;) {
            unsigned n = rte_ring_sp_enqueue_burst(ring, (void **)(packets + done), burst - done, NULL);
            if (n == 0) {
                rte_pause();
                if (cbaseline_is_alone()) {
                    rte_pktmbuf_free_bulk(packets + done, burst - done);
                    return sent + done;
                }
            }
            done += n;
        }
        sent += burst;
    }
    return sent;
}

uint64_t cbaseline_packets_consume(struct cbaseline_ring *shared, uint32_t burst, uint64_t count) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned;
    if (burst > BURST_MAX)
        return 0;
    uint64_t received = 0;
    while (received < count) {
        unsigned n = rte_ring_sc_dequeue_burst(ring, (void **)packets, burst, NULL);
        if (n == 0) {
            rte_pause();
            if (cbaseline_is_alone())
                break;
            continue;
        }
        rte_pktmbuf_free_bulk(packets, n);
        received += n;
    }
    return received;
}

struct cbaseline_outcome cbaseline_pool(struct cbaseline_pool *shared, uint32_t burst, uint64_t rounds) {
    struct rte_mempool *pool = (struct rte_mempool *)shared;
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned;
    if (burst > BURST_MAX)
        return nothing;
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        if (unlikely(rte_pktmbuf_alloc_bulk(pool, packets, burst) != 0))
            break;
        rte_pktmbuf_free_bulk(packets, burst);
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i * burst};
}

struct cbaseline_outcome cbaseline_pool_single(struct cbaseline_pool *shared, uint64_t rounds) {
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        struct rte_mbuf *packet = rte_pktmbuf_alloc((struct rte_mempool *)shared);
        if (unlikely(packet == NULL))
            break;
        rte_pktmbuf_free(packet);
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i};
}
