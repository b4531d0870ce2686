/* Rings: rte_ring. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

struct cdpdk_ring; /* rte_ring */

#define CDPDK_RING_NAME_MAX 28 /* bytes, without the NUL */
#define CDPDK_RING_CAPACITY_MAX 0x3fffffffu

/* How one side of a ring is shared between those who use it; the values are those of rte_ring_sync_type. */
enum {
    CDPDK_RING_SYNC_MT = 0,
    CDPDK_RING_SYNC_ST = 1,
    CDPDK_RING_SYNC_MT_RTS = 2,
    CDPDK_RING_SYNC_MT_HTS = 3,
};

/* Pointers into a ring, taken from DPDK's own definition of it. */
struct cdpdk_ring_view {
    uint32_t *producer_head;
    uint32_t *producer_tail;
    uint32_t *consumer_head;
    uint32_t *consumer_tail;
    void *slots;
    uint32_t size; /* a power of two */
    uint32_t mask;
    uint32_t capacity;
    int32_t producer_sync;
    int32_t consumer_sync;
    uint64_t page_size;
};

/* rte_ring_create_elem with exactly `capacity` usable slots: 0, or a positive error number. */
int cdpdk_ring_create(const char *name, uint32_t element_size, uint32_t capacity, int socket, int producer_sync,
                      int consumer_sync, struct cdpdk_ring *_Nullable *_Nonnull ring);
/* rte_ring_get_memsize_elem for exactly `capacity` usable slots: bytes, or a negative error number. */
int64_t cdpdk_ring_memory(uint32_t element_size, uint32_t capacity);
/* rte_ring_lookup. */
struct cdpdk_ring *_Nullable cdpdk_ring_lookup(const char *name);
/* Takes every packet out of a ring of packets that nobody uses, and frees it. */
void cdpdk_ring_free_packets(struct cdpdk_ring *ring);
void cdpdk_ring_free(struct cdpdk_ring *ring);
struct cdpdk_ring_view cdpdk_ring_view(struct cdpdk_ring *ring);
/* Whether the ring's numbers belong together, and every slot, at `element_size` bytes, lies inside its memory zone. */
bool cdpdk_ring_holds(struct cdpdk_ring *ring, uint64_t element_size);

/* The ends of a ring with many producers or consumers, in the mode of its creation; how many were moved. */
uint32_t cdpdk_ring_enqueue_burst(struct cdpdk_ring *ring, const void *elements, uint32_t element_size, uint32_t count);
uint32_t cdpdk_ring_enqueue_bulk(struct cdpdk_ring *ring, const void *elements, uint32_t element_size, uint32_t count);
uint32_t cdpdk_ring_dequeue_burst(struct cdpdk_ring *ring, void *elements, uint32_t element_size, uint32_t count);
uint32_t cdpdk_ring_dequeue_bulk(struct cdpdk_ring *ring, void *elements, uint32_t element_size, uint32_t count);

#pragma clang assume_nonnull end
