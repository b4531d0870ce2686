#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_arena.h"
#include "include/cdpdk_eal.h"
#include "include/cdpdk_packets.h"
#include "include/cdpdk_ring.h"

#include <string.h>

#include "include/cdpdk_memzone.h"

_Static_assert(CDPDK_RING_NAME_MAX == RTE_RING_NAMESIZE - 1, "length of a ring's name");
_Static_assert(CDPDK_RING_SYNC_MT == RTE_RING_SYNC_MT && CDPDK_RING_SYNC_ST == RTE_RING_SYNC_ST &&
                   CDPDK_RING_SYNC_MT_RTS == RTE_RING_SYNC_MT_RTS && CDPDK_RING_SYNC_MT_HTS == RTE_RING_SYNC_MT_HTS,
               "sync types of a ring");
/* A Swift producer reads the consumers' tail, and a Swift consumer the producers', in any mode. */
_Static_assert(offsetof(struct rte_ring_headtail, tail) == 4, "tail of a ring's side");
_Static_assert(offsetof(struct rte_ring_hts_headtail, ht) + offsetof(union __rte_ring_hts_pos, pos.tail) ==
                   offsetof(struct rte_ring_headtail, tail),
               "tail of an HTS side");
_Static_assert(offsetof(struct rte_ring_rts_headtail, tail) + offsetof(union __rte_ring_rts_poscnt, val.pos) ==
                   offsetof(struct rte_ring_headtail, tail),
               "tail of an RTS side");

static struct rte_ring *of(struct cdpdk_ring *ring) { return (struct rte_ring *)ring; }

int cdpdk_ring_create(const char *name, uint32_t element_size, uint32_t capacity, int socket, int producer_sync,
                      int consumer_sync, struct cdpdk_ring **ring) {
    static const unsigned producer_flags[] = {0, RING_F_SP_ENQ, RING_F_MP_RTS_ENQ, RING_F_MP_HTS_ENQ};
    static const unsigned consumer_flags[] = {0, RING_F_SC_DEQ, RING_F_MC_RTS_DEQ, RING_F_MC_HTS_DEQ};
    unsigned flags = RING_F_EXACT_SZ | producer_flags[producer_sync & 3] | consumer_flags[consumer_sync & 3];
    struct rte_ring *made = rte_ring_create_elem(name, element_size, capacity, socket, flags);
    if (made == NULL)
        return rte_errno != 0 ? rte_errno : ENOMEM;
    *ring = (struct cdpdk_ring *)made;
    return 0;
}

int64_t cdpdk_ring_memory(uint32_t element_size, uint32_t capacity) {
    return rte_ring_get_memsize_elem(element_size, rte_align32pow2(capacity + 1));
}

struct cdpdk_ring *cdpdk_ring_lookup(const char *name) {
    return (struct cdpdk_ring *)rte_ring_lookup(name);
}

struct cdpdk_ring *cdpdk_ring_at(uint64_t zone, const char *name) {
    struct cdpdk_memzone_view view;
    if (!cdpdk_memzone_at(zone, RTE_RING_MZ_PREFIX, name, &view) || view.length < sizeof(struct rte_ring))
        return NULL;
    struct rte_ring *ring = view.address;
    bool is_it = (uintptr_t)ring->memzone == zone && strncmp(ring->name, name, sizeof ring->name) == 0;
    return is_it ? (struct cdpdk_ring *)ring : NULL;
}

void cdpdk_ring_free_packets(struct cdpdk_ring *ring) {
    struct rte_ring *r = of(ring);
    void **slots = (void **)&r[1];
    /* If a killed process has blocked an RTS side, others have taken elements from behind its tail. */
    uint32_t first = r->cons.sync_type == RTE_RING_SYNC_MT_RTS ? r->rts_cons.head.val.pos : r->cons.tail;
    uint32_t count = RTE_MIN(r->prod.tail - first, r->capacity);
    for (uint32_t i = 0; i < count; i++) {
        /* Only the primary destroys rings. Nobody needs to know what it holds. */
        struct cdpdk_record record = {0};
        cdpdk_packets_free(&record, &slots[(first + i) & r->mask], 0, 1, 1);
    }
}

void cdpdk_ring_free(struct cdpdk_ring *ring) { rte_ring_free(of(ring)); }

struct cdpdk_ring_view cdpdk_ring_view(struct cdpdk_ring *ring) {
    struct rte_ring *r = of(ring);
    return (struct cdpdk_ring_view){
        .producer_head = (uint32_t *)&r->prod.head,
        .producer_tail = (uint32_t *)&r->prod.tail,
        .consumer_head = (uint32_t *)&r->cons.head,
        .consumer_tail = (uint32_t *)&r->cons.tail,
        .slots = &r[1],
        .size = r->size,
        .mask = r->mask,
        .capacity = r->capacity,
        .producer_sync = r->prod.sync_type,
        .consumer_sync = r->cons.sync_type,
        .page_size = r->memzone != NULL ? r->memzone->hugepage_sz : 0,
        .zone = (uintptr_t)r->memzone,
    };
}

bool cdpdk_ring_holds(struct cdpdk_ring *ring, uint64_t element_size) {
    struct rte_ring *r = of(ring);
    uint64_t size = r->size;
    if (size == 0 || (size & (size - 1)) != 0 || r->mask != size - 1 || r->capacity > r->mask)
        return false;
    uint64_t room = r->memzone != NULL ? r->memzone->len - sizeof(struct rte_ring) : UINT64_MAX;
    return element_size <= room / size;
}

uint32_t cdpdk_ring_enqueue_burst(struct cdpdk_ring *ring, const void *elements, uint32_t size, uint32_t count) {
    return rte_ring_enqueue_burst_elem(of(ring), elements, size, count, NULL);
}

uint32_t cdpdk_ring_enqueue_bulk(struct cdpdk_ring *ring, const void *elements, uint32_t size, uint32_t count) {
    return rte_ring_enqueue_bulk_elem(of(ring), elements, size, count, NULL);
}

uint32_t cdpdk_ring_dequeue_burst(struct cdpdk_ring *ring, void *elements, uint32_t size, uint32_t count) {
    return rte_ring_dequeue_burst_elem(of(ring), elements, size, count, NULL);
}

#define LONGEST_DELAY 1000u /* nanoseconds */

CDPDK_RARE struct cdpdk_pace cdpdk_pace_look_now(struct cdpdk_pace pace, uint64_t wanted, const uint32_t *index,
                                                 uint32_t base, uint32_t position, uint64_t operation,
                                                 uint32_t *found) {
    if (position - pace.settled >= CDPDK_PACE_SETTLES) {
        cdpdk_arena_settle(operation);
        pace.settled = position;
    }
    pace.turn = pace.batch > 0 ? position : pace.settled + CDPDK_PACE_SETTLES;
    if (wanted >= pace.batch) {
        *found = cdpdk_load_acquire_32(index);
        return pace;
    }
    if (pace.next > 0)
        while (cdpdk_monotonic_nanoseconds() < pace.next)
            cdpdk_pause();
    *found = cdpdk_load_acquire_32(index);
    uint32_t count = *found - base;
    if (count >= pace.enough)
        pace.delay = 0;
    else if (count < pace.batch)
        pace.delay = RTE_MIN(LONGEST_DELAY, pace.delay + pace.delay / 2 + 32);
    else if (count > pace.batch * 2)
        pace.delay /= 2;
    pace.next = pace.delay > 0 ? cdpdk_monotonic_nanoseconds() + pace.delay : 0;
    return pace;
}

#endif
