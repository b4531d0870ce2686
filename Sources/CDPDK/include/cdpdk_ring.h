/* Rings: rte_ring. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_atomic.h"

#pragma clang assume_nonnull begin

struct cdpdk_ring; /* rte_ring */

#define CDPDK_RING_NAME_MAX 28 /* bytes, without the NUL */
#define CDPDK_RING_CAPACITY_MAX 0x3fffffffu

/* rte_ring_sync_type: how the producers, or the consumers, of a ring share it. */
enum { CDPDK_RING_SYNC_MT = 0, CDPDK_RING_SYNC_ST = 1, CDPDK_RING_SYNC_MT_RTS = 2, CDPDK_RING_SYNC_MT_HTS = 3 };

/* Pointers into a ring, from DPDK's own definition of the structure, and what does not change in it. */
struct cdpdk_ring_view {
    uint32_t *producer_head, *producer_tail;
    uint32_t *consumer_head, *consumer_tail;
    void *slots;
    uint32_t size; /* a power of two */
    uint32_t mask;
    uint32_t capacity;
    int32_t producer_sync, consumer_sync;
    uint64_t page_size;
    uint64_t zone; /* address of the rte_memzone, the same in every process */
};

/* rte_ring_create_elem with exactly `capacity` usable slots: 0, or a positive error number. */
int cdpdk_ring_create(const char *name, uint32_t element_size, uint32_t capacity, int socket, int producer_sync,
                      int consumer_sync, struct cdpdk_ring *_Nullable *_Nonnull ring);
/* rte_ring_get_memsize_elem for exactly `capacity` usable slots: bytes, or a negative error number. */
int64_t cdpdk_ring_memory(uint32_t element_size, uint32_t capacity);
/* rte_ring_lookup. */
struct cdpdk_ring *_Nullable cdpdk_ring_lookup(const char *name);
/* What rte_ring_lookup finds, from the address of its rte_memzone and without EAL's lock. Null if it is not there. */
struct cdpdk_ring *_Nullable cdpdk_ring_at(uint64_t zone, const char *name);
/* rte_pktmbuf_free for each packet in a ring of packets. No process may use the ring any more. */
void cdpdk_ring_free_packets(struct cdpdk_ring *ring);
/* rte_ring_free. */
void cdpdk_ring_free(struct cdpdk_ring *ring);
struct cdpdk_ring_view cdpdk_ring_view(struct cdpdk_ring *ring);
/* Whether the ring's size, mask and capacity agree, and all slots of `element_size` bytes are in its memory zone. */
bool cdpdk_ring_holds(struct cdpdk_ring *ring, uint64_t element_size);

/* rte_ring_enqueue_burst_elem and its siblings, in the mode that the ring was created with: how many elements moved. */
uint32_t cdpdk_ring_enqueue_burst(struct cdpdk_ring *ring, const void *elements, uint32_t element_size, uint32_t count);
uint32_t cdpdk_ring_enqueue_bulk(struct cdpdk_ring *ring, const void *elements, uint32_t element_size, uint32_t count);
uint32_t cdpdk_ring_dequeue_burst(struct cdpdk_ring *ring, void *elements, uint32_t element_size, uint32_t count);

/* Where the heads and tails of its two sides are in an rte_ring, and where its slots begin. They are constants here, so
 * that a loop needs one address for them all. */
#ifndef CDPDK_RING_LINE
#if defined(__aarch64__)
#define CDPDK_RING_LINE 128
#else
#define CDPDK_RING_LINE 64
#endif
#endif
#define CDPDK_RING_PRODUCERS (2 * CDPDK_RING_LINE)
#define CDPDK_RING_CONSUMERS (4 * CDPDK_RING_LINE)
#define CDPDK_RING_SLOTS (6 * CDPDK_RING_LINE)

/* The heads of the producers and the consumers of the ring whose slots these are. Behind each lies the tail. */
CDPDK_INLINE uint32_t *cdpdk_ring_producers(void *slots) {
    return (uint32_t *)((char *)slots - CDPDK_RING_SLOTS + CDPDK_RING_PRODUCERS);
}
CDPDK_INLINE uint32_t *cdpdk_ring_consumers(void *slots) {
    return (uint32_t *)((char *)slots - CDPDK_RING_SLOTS + CDPDK_RING_CONSUMERS);
}

/* When an exclusive end of a ring looks at the other side's index again. */
struct cdpdk_pace {
    uint32_t turn;    /* the end's position from which on a look needs more than a load: cdpdk_pace_look */
    uint32_t settled; /* where it was when its records were last settled: cdpdk_arena_settle */
    uint32_t batch;   /* how many elements a look should bring: operations on fewer are paced. 0: none is */
    uint32_t enough;  /* how many are so many that there is no time to wait */
    uint64_t delay;   /* how long to wait between two looks, in nanoseconds */
    uint64_t next;    /* when to look again */
};
/* After so many elements, records are settled at the next look. No ring holds more, so each end looks that often. */
#define CDPDK_PACE_SETTLES (CDPDK_RING_CAPACITY_MAX + 1u)

CDPDK_INLINE struct cdpdk_pace cdpdk_pace_make(bool is_paced, uint32_t capacity, uint32_t position) {
    uint32_t batch = capacity / 4 < 64 ? capacity / 4 : 64, enough = capacity / 2;
    return (struct cdpdk_pace){.turn = position + (is_paced ? 0 : CDPDK_PACE_SETTLES),
                               .settled = position,
                               .batch = is_paced ? batch + (batch == 0) : 0,
                               .enough = enough + (enough == 0)};
}

/* Whether a look needs no more than a load. */
CDPDK_INLINE bool cdpdk_pace_is_calm(struct cdpdk_pace pace, uint32_t position) {
    return (int32_t)(position - pace.turn) < 0;
}

/* Reads the other side's index to `found`, for `wanted` elements, when it is time, and returns a pace that is adapted
 * to how far it is ahead of `base`. `position` is the end's, and `operation` what records say of it. */
CDPDK_RARE struct cdpdk_pace cdpdk_pace_look_now(struct cdpdk_pace pace, uint64_t wanted, const uint32_t *index,
                                                 uint32_t base, uint32_t position, uint64_t operation, uint32_t *found);
CDPDK_INLINE struct cdpdk_pace cdpdk_pace_look(struct cdpdk_pace pace, uint64_t wanted, const uint32_t *index,
                                               uint32_t base, uint32_t position, uint64_t operation, uint32_t *found) {
    return CDPDK_ADDRESS(cdpdk_pace_look_now)(pace, wanted, index, base, position, operation, found);
}

#pragma clang assume_nonnull end
