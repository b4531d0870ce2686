/* Pools of packet buffers: rte_mempool. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

struct cdpdk_pool; /* rte_mempool */

#define CDPDK_POOL_NAME_MAX 25 /* bytes, without the NUL */

struct cdpdk_pool_view {
    uint32_t capacity;
    uint32_t cache_size;
    uint32_t data_room;  /* bytes of one packet's buffer, with its headroom */
    bool is_packet_pool; /* its elements are packet buffers */
    char ops[32];
    uint64_t page_size;
    uint64_t zone; /* address of the rte_memzone, the same in every process */
};

/* RTE_MEMPOOL_CACHE_MAX_SIZE. */
uint32_t cdpdk_pool_cache_max(void);

/* rte_pktmbuf_pool_create_by_ops: 0, or a positive error number. */
int cdpdk_pool_create(const char *name, uint32_t count, uint32_t cache_size, uint16_t private_size, uint16_t data_room,
                      int socket, const char *ops, struct cdpdk_pool *_Nullable *_Nonnull pool);
/* rte_mempool_lookup. */
struct cdpdk_pool *_Nullable cdpdk_pool_lookup(const char *name);
/* What rte_mempool_lookup finds, from the address of its rte_memzone and without EAL's lock. Null if it is not there.
 */
struct cdpdk_pool *_Nullable cdpdk_pool_at(uint64_t zone, const char *name);
/* rte_mempool_free. */
void cdpdk_pool_free(struct cdpdk_pool *pool);
struct cdpdk_pool_view cdpdk_pool_view(struct cdpdk_pool *pool);
/* Chunk `number` of the pool's memory, counted from 0. False if the pool has no such chunk. */
bool cdpdk_pool_chunk(struct cdpdk_pool *pool, uint32_t number, const void *_Nullable *_Nonnull memory,
                      uint64_t *length);
/* rte_mempool_avail_count. */
uint32_t cdpdk_pool_available(struct cdpdk_pool *pool);
/* rte_mempool_cache_flush of an lcore's cache. The lcore must belong to this process and run nothing. */
void cdpdk_pool_flush_cache(struct cdpdk_pool *pool, unsigned lcore);
/* The same for each pool, under EAL's lock. */
void cdpdk_pool_flush_caches(unsigned lcore);
/* Whether an address is in the pool's memory. Any value may be passed. */
bool cdpdk_pool_contains(struct cdpdk_pool *pool, const void *address);
/* Whether mempool operations of this name are registered in this process. */
bool cdpdk_pool_has_ops(const char *name);
/* rte_pktmbuf_alloc_bulk: true if all `count` packets were allocated, false if none was. */
bool cdpdk_pool_allocate(struct cdpdk_pool *pool, void *_Nonnull *_Nonnull mbufs, uint32_t count);

#pragma clang assume_nonnull end
