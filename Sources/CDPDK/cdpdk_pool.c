#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "cdpdk_group.h"

#include <string.h>

#include "include/cdpdk_memzone.h"

_Static_assert(CDPDK_POOL_NAME_MAX == RTE_MEMPOOL_NAMESIZE - 1, "length of a pool's name");

uint32_t cdpdk_pool_cache_max(void) { return RTE_MEMPOOL_CACHE_MAX_SIZE; }

static struct rte_mempool *of(struct cdpdk_pool *pool) { return (struct rte_mempool *)pool; }

int cdpdk_pool_create(const char *name, uint32_t count, uint32_t cache_size, uint16_t private_size, uint16_t data_room,
                      int socket, const char *ops, struct cdpdk_pool **pool) {
    struct rte_mempool *made =
        rte_pktmbuf_pool_create_by_ops(name, count, cache_size, private_size, data_room, socket, ops);
    if (made == NULL)
        return rte_errno != 0 ? rte_errno : ENOMEM;
    *pool = (struct cdpdk_pool *)made;
    return 0;
}

struct cdpdk_pool *cdpdk_pool_lookup(const char *name) {
    return (struct cdpdk_pool *)rte_mempool_lookup(name);
}

struct cdpdk_pool *cdpdk_pool_at(uint64_t zone, const char *name) {
    struct cdpdk_memzone_view view;
    if (!cdpdk_memzone_at(zone, RTE_MEMPOOL_MZ_PREFIX, name, &view) || view.length < sizeof(struct rte_mempool))
        return NULL;
    struct rte_mempool *pool = view.address;
    bool is_it = (uintptr_t)pool->mz == zone && strncmp(pool->name, name, sizeof pool->name) == 0;
    return is_it ? (struct cdpdk_pool *)pool : NULL;
}

void cdpdk_pool_free(struct cdpdk_pool *pool) { rte_mempool_free(of(pool)); }

/* Whether the pool's elements have the size of packet buffers as its private area describes them. */
static bool holds_packets(struct rte_mempool *pool) {
    if (pool->private_data_size < sizeof(struct rte_pktmbuf_pool_private))
        return false;
    const struct rte_pktmbuf_pool_private *private = rte_mempool_get_priv(pool);
    uint32_t size = (uint32_t)sizeof(struct rte_mbuf) + private->mbuf_priv_size;
    if ((private->flags & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) == 0)
        size += private->mbuf_data_room_size;
    return private->mbuf_data_room_size > 0 && pool->elt_size == RTE_ALIGN_CEIL(size, (uint32_t)sizeof(uint64_t));
}

struct cdpdk_pool_view cdpdk_pool_view(struct cdpdk_pool *pool) {
    struct rte_mempool *p = of(pool);
    bool packets = holds_packets(p);
    struct cdpdk_pool_view view = {
        .capacity = p->size,
        .cache_size = p->cache_size,
        .data_room = packets ? rte_pktmbuf_data_room_size(p) : 0,
        .is_packet_pool = packets,
        .page_size = p->mz != NULL ? p->mz->hugepage_sz : 0,
        .zone = (uintptr_t)p->mz,
    };
    /* Checked because rte_mempool_get_ops ends the process if the index is too large. */
    if ((uint32_t)p->ops_index < rte_mempool_ops_table.num_ops)
        strncpy(view.ops, rte_mempool_get_ops(p->ops_index)->name, sizeof view.ops - 1);
    return view;
}

bool cdpdk_pool_chunk(struct cdpdk_pool *pool, uint32_t number, const void **memory, uint64_t *length) {
    const struct rte_mempool_memhdr *chunk;
    STAILQ_FOREACH(chunk, &of(pool)->mem_list, next) {
        if (number-- == 0) {
            *memory = chunk->addr;
            *length = chunk->len;
            return true;
        }
    }
    return false;
}

uint32_t cdpdk_pool_available(struct cdpdk_pool *pool) { return rte_mempool_avail_count(of(pool)); }

static void flush_cache(struct rte_mempool *pool, void *lcore) {
    struct rte_mempool_cache *cache = rte_mempool_default_cache(pool, *(const unsigned *)lcore);
    if (cache != NULL && cache->len > 0 && !cdpdk_flush_cache(pool, cache, *(const unsigned *)lcore))
        rte_mempool_cache_flush(cache, pool);
}

void cdpdk_pool_flush_cache(struct cdpdk_pool *pool, unsigned lcore) { flush_cache(of(pool), &lcore); }

void cdpdk_pool_flush_caches(unsigned lcore) { rte_mempool_walk(flush_cache, &lcore); }

bool cdpdk_pool_contains(struct cdpdk_pool *pool, const void *address) {
    const struct rte_mempool_memhdr *chunk;
    STAILQ_FOREACH(chunk, &of(pool)->mem_list, next) {
        if ((uintptr_t)address - (uintptr_t)chunk->addr < chunk->len)
            return true;
    }
    return false;
}

bool cdpdk_pool_has_ops(const char *name) {
    for (unsigned i = 0; i < rte_mempool_ops_table.num_ops; i++)
        if (strcmp(rte_mempool_ops_table.ops[i].name, name) == 0)
            return true;
    return false;
}

bool cdpdk_pool_allocate(struct cdpdk_pool *pool, void **mbufs, uint32_t count) {
    return rte_pktmbuf_alloc_bulk(of(pool), (struct rte_mbuf **)mbufs, count) == 0;
}

#endif
