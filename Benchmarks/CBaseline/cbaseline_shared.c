#include "include/CBaseline.h"

#include <string.h>

#include <cdpdk_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mbuf.h>
#include <rte_pause.h>
#include <rte_ring.h>

#define BURST_MAX 512
#define CONSTANT static __rte_always_inline

static const struct cbaseline_outcome nothing = {0, 0};

/* The sort of ring is a constant where DPDK's functions are inlined, as where a program calls the one for its ring. */
#define WITH_CONSTANT_SHARING(sharing, call)                                                                           \
    switch (sharing) {                                                                                                 \
    case CBASELINE_MP_MC: {                                                                                            \
        enum { SHARING = CBASELINE_MP_MC };                                                                            \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
    case CBASELINE_RTS: {                                                                                              \
        enum { SHARING = CBASELINE_RTS };                                                                              \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
    case CBASELINE_HTS: {                                                                                              \
        enum { SHARING = CBASELINE_HTS };                                                                              \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
    }

CONSTANT unsigned enqueue(struct rte_ring *ring, int sharing, const void *elements, unsigned count) {
    switch (sharing) {
    case CBASELINE_MP_MC: return rte_ring_mp_enqueue_burst_elem(ring, elements, sizeof(uint64_t), count, NULL);
    case CBASELINE_RTS: return rte_ring_mp_rts_enqueue_burst_elem(ring, elements, sizeof(uint64_t), count, NULL);
    default: return rte_ring_mp_hts_enqueue_burst_elem(ring, elements, sizeof(uint64_t), count, NULL);
    }
}

CONSTANT unsigned dequeue(struct rte_ring *ring, int sharing, void *elements, unsigned count) {
    switch (sharing) {
    case CBASELINE_MP_MC: return rte_ring_mc_dequeue_burst_elem(ring, elements, sizeof(uint64_t), count, NULL);
    case CBASELINE_RTS: return rte_ring_mc_rts_dequeue_burst_elem(ring, elements, sizeof(uint64_t), count, NULL);
    default: return rte_ring_mc_hts_dequeue_burst_elem(ring, elements, sizeof(uint64_t), count, NULL);
    }
}

CONSTANT struct cbaseline_outcome bursts(struct rte_ring *ring, int sharing, const void *source, void *destination,
                                         unsigned burst, uint64_t rounds) {
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        enqueue(ring, sharing, source, burst);
        if (unlikely(dequeue(ring, sharing, destination, burst) != burst))
            break;
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i * burst};
}

CONSTANT uint64_t produce(struct rte_ring *ring, int sharing, const void *source, unsigned burst, uint64_t count) {
    uint64_t sent = 0;
    while (sent < count) {
        unsigned n = enqueue(ring, sharing, source, burst);
        if (n == 0)
            rte_pause();
        sent += n;
    }
    return sent;
}

CONSTANT uint64_t consume(struct rte_ring *ring, int sharing, void *destination, unsigned burst, uint64_t count) {
    uint64_t received = 0;
    while (received < count) {
        unsigned n = dequeue(ring, sharing, destination, burst);
        if (n == 0)
            rte_pause();
        received += n;
    }
    return received;
}

struct cbaseline_outcome cbaseline_shared_bursts(struct cbaseline_ring *ring, enum cbaseline_sharing sharing,
                                                 const void *source, void *destination, uint32_t burst,
                                                 uint64_t rounds) {
    WITH_CONSTANT_SHARING(sharing, return bursts((struct rte_ring *)ring, SHARING, source, destination, burst, rounds))
    return nothing;
}

uint64_t cbaseline_shared_produce(struct cbaseline_ring *ring, enum cbaseline_sharing sharing, const void *source,
                                  uint32_t burst, uint64_t count) {
    WITH_CONSTANT_SHARING(sharing, return produce((struct rte_ring *)ring, SHARING, source, burst, count))
    return 0;
}

uint64_t cbaseline_shared_consume(struct cbaseline_ring *ring, enum cbaseline_sharing sharing, void *destination,
                                  uint32_t burst, uint64_t count) {
    WITH_CONSTANT_SHARING(sharing, return consume((struct rte_ring *)ring, SHARING, destination, burst, count))
    return 0;
}

uint64_t cbaseline_shared_drain(struct cbaseline_ring *ring, enum cbaseline_sharing sharing) {
    uint64_t element, drained = 0;
    while (dequeue((struct rte_ring *)ring, sharing, &element, 1) == 1)
        drained++;
    return drained;
}

struct cbaseline_outcome cbaseline_shared_packets_around(struct cbaseline_ring *ring, enum cbaseline_sharing sharing,
                                                         struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds) {
    struct rte_mbuf *packets[BURST_MAX] __rte_cache_aligned, *before[BURST_MAX];
    if (burst > BURST_MAX || rte_pktmbuf_alloc_bulk((struct rte_mempool *)pool, packets, burst) != 0)
        return nothing;
    memcpy(before, packets, burst * sizeof(*packets));
    struct cbaseline_outcome outcome = cbaseline_shared_bursts(ring, sharing, packets, packets, burst, rounds);
    bool are_same = memcmp(before, packets, burst * sizeof(*packets)) == 0;
    rte_pktmbuf_free_bulk(before, burst);
    return are_same ? outcome : nothing;
}
