/* For the C files of this target alone: what they share about packets of a group. */
#pragma once

#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_packets.h"
#include "include/cdpdk_pool.h"
#include "include/cdpdk_registry.h"

/* Pool caches are written here in DPDK's own layout, whose put and get must keep to the rules that this library relies
 * on: they reach the pool's ring only above `flushthresh`, or if the cache is empty. */
_Static_assert(RTE_VERSION < RTE_VERSION_NUM(26, 7, 0, 0), "newer pool caches work in another way");
_Static_assert(sizeof(((struct rte_mempool_cache *)0)->objs) == 2 * RTE_MEMPOOL_CACHE_MAX_SIZE * sizeof(void *),
               "room of a pool's cache");
#define CACHE_ROOM (2 * RTE_MEMPOOL_CACHE_MAX_SIZE)

struct group_state {
    void *registry;
    struct cdpdk_registry_process *processes;
    uint64_t *changes;
    struct cdpdk_registry_object *objects;
    uint64_t *addresses;
    uint64_t holder;
    bool is_primary, is_swept, is_abandoned;
    int shared_ops; /* index of the mempool operations whose moves can be undone */
};
extern struct group_state cdpdk_group;

/* What a thread knows of a pool. `ring` is null if moves of the pool cannot be recorded; `cache` is the thread's own,
 * and null if it has none or if `ring` is null. */
struct known_pool {
    struct rte_mempool *pool;
    struct rte_ring *ring;
    struct rte_mempool_cache *cache;
    uint64_t changes;
    uint32_t object, lcore;
};

/* ObjectKind */
enum { CDPDK_KIND_RING = 1, CDPDK_KIND_POOL = 2 };
/* Whether an object is there, and of a kind. */
bool cdpdk_object_is(uint32_t object, uint32_t kind);
const struct known_pool *cdpdk_known_pool(struct rte_mempool *pool);
/* How long a thread tries to become the owner of a move, in milliseconds. */
enum { SOON = 0, LATER = 500, ALWAYS = INT32_MAX };
/* Waits for a moment. False if the time is up, or if there is nothing to wait for any more. Both words begin as 0. */
bool cdpdk_wait_more(uint32_t *tries, uint64_t *began, int32_t patience);
/* The position and the sides of a ring whose ends are synchronised by head and tail in one word. */
static inline struct rte_ring_hts_headtail *ring_side(struct rte_ring *ring, int side) {
    return side == CDPDK_MOVE_PUT ? &ring->hts_prod : &ring->hts_cons;
}
/* Moves all packets of a cache to the pool's ring. False if moves of the pool are not recorded. */
bool cdpdk_flush_cache(struct rte_mempool *pool, struct rte_mempool_cache *cache, uint32_t lcore);
/* Puts packets that are listed nowhere into the ring of their pool. False if another process is moving. */
bool cdpdk_put_raw(const struct known_pool *known, void **mbufs, uint32_t number);
/* Gives up one reference of a segment. Returns the segment if it is free now, and in `parent` the one that it was
 * attached to if that is free now. `calls_back`: external buffers are given back to their owners. */
struct rte_mbuf *cdpdk_drop_segment(struct rte_mbuf *segment, bool calls_back, struct rte_mbuf **parent);

#endif
