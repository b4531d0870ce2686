#include "cdpdk_group.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_shared_ends.h"

#include <sched.h>

#define LAYOUT(field, type, member)                                                                                    \
    _Static_assert(offsetof(union cdpdk_ends, field) == offsetof(struct type, member), #field " of " #type)
LAYOUT(at.head, rte_ring_headtail, head);
LAYOUT(at.tail, rte_ring_headtail, tail);
LAYOUT(both, rte_ring_hts_headtail, ht.raw);
LAYOUT(at.head, rte_ring_hts_headtail, ht.pos.head);
LAYOUT(at.tail, rte_ring_hts_headtail, ht.pos.tail);
LAYOUT(relaxed.tail, rte_ring_rts_headtail, tail.raw);
LAYOUT(relaxed.lead, rte_ring_rts_headtail, htd_max);
LAYOUT(relaxed.head, rte_ring_rts_headtail, head.raw);
LAYOUT(at.tail, rte_ring_rts_headtail, tail.val.pos);

_Static_assert(offsetof(struct rte_ring, prod) == CDPDK_RING_PRODUCERS &&
                   offsetof(struct rte_ring, cons) == CDPDK_RING_CONSUMERS &&
                   sizeof(struct rte_ring) == CDPDK_RING_SLOTS,
               "DPDK was built for cache lines of another size: define CDPDK_RING_LINE");

struct cdpdk_shared_ring cdpdk_shared_ring(struct cdpdk_ring *opaque, uint32_t object, bool produces) {
    const struct rte_ring *ring = (const struct rte_ring *)opaque;
    return (struct cdpdk_shared_ring){
        .ring = opaque,
        .flags = &cdpdk_group.objects[object].flags,
        .mask = ring->mask,
        .capacity = ring->capacity,
        .token = cdpdk_shared_token(cdpdk_group.holder),
        .sync = (int32_t)(produces ? ring->prod.sync_type : ring->cons.sync_type),
    };
}

static bool can_go_on(const union cdpdk_ends *ends, int sync, uint32_t position) {
    uint64_t both = cdpdk_load_acquire_64(&ends->both), head;
    switch (sync) {
    case RTE_RING_SYNC_MT_HTS: return (uint32_t)both == both >> 32;
    case RTE_RING_SYNC_MT: return both >> 32 == position;
    default:
        head = cdpdk_load_acquire_64(&ends->relaxed.head);
        return (uint32_t)(head >> 32) - (uint32_t)(both >> 32) <= ends->relaxed.lead;
    }
}

CDPDK_RARE bool cdpdk_shared_wait_now(struct cdpdk_ring *opaque, bool produces, const uint32_t *flags,
                                      uint32_t position) {
    const struct rte_ring *ring = (const struct rte_ring *)opaque;
    int sync = (int)(produces ? ring->prod.sync_type : ring->cons.sync_type);
    uint32_t tries = 0;
    uint64_t began = 0;
    while (!can_go_on(cdpdk_shared_ends(opaque, produces), sync, position)) {
        if (sync == RTE_RING_SYNC_MT_HTS) {
            if (!cdpdk_wait_more(&tries, &began, LATER))
                return false;
            continue;
        }
        if (++tries % 64 == 0 &&
            (cdpdk_shared_is_blocked(flags, produces) || __atomic_load_n(&cdpdk_group.is_abandoned, __ATOMIC_RELAXED)))
            return false;
        /* Those who began before may be waiting for this CPU. */
        if (tries % 1024 == 0)
            sched_yield();
        cdpdk_pause();
    }
    return true;
}

#endif
