#include "cdpdk_group.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memzone.h"
#include "include/cdpdk_shared_ends.h"

#include <sched.h>
#include <string.h>

static uint64_t no_changes;
struct group_state cdpdk_group = {.changes = &no_changes, .shared_ops = -1};
#define group cdpdk_group

void cdpdk_packets_open(void *registry, uint64_t holder, bool is_primary, bool is_swept) {
    group = (struct group_state){
        .registry = registry,
        .changes = &((struct cdpdk_registry_header *)registry)->changes,
        .processes = cdpdk_registry_processes(registry),
        .objects = cdpdk_registry_objects(registry),
        .addresses = cdpdk_registry_addresses(registry),
        .holder = holder,
        .is_primary = is_primary,
        .is_swept = is_swept,
        .shared_ops = -1,
    };
    for (unsigned i = 0; i < rte_mempool_ops_table.num_ops; i++)
        if (strcmp(rte_mempool_ops_table.ops[i].name, "ring_mt_hts") == 0)
            group.shared_ops = (int)i;
}

void cdpdk_packets_abandon(void) { __atomic_store_n(&group.is_abandoned, true, __ATOMIC_RELAXED); }

bool cdpdk_object_is(uint32_t object, uint32_t kind) {
    return cdpdk_load_acquire_32(&group.objects[object].state) == CDPDK_OBJECT_READY &&
           group.objects[object].kind == kind;
}

/* MARK: - Pools */

#define KNOWN_POOLS 8u
static CDPDK_THREAD_LOCAL struct known_pool known_pools[KNOWN_POOLS];
/* The pools of the last packets that were allocated and freed. Most of the next ones are of the same, and what is known
 * of it need not wait for the address in a packet. */
static CDPDK_THREAD_LOCAL struct known_pool *last_taken, *last_freed;

static __attribute__((noinline)) struct known_pool *look_for_pool(struct rte_mempool *pool, struct known_pool *known) {
    uint32_t lcore = rte_lcore_id();
    *known = (struct known_pool){.pool = pool, .changes = cdpdk_load_acquire_64(group.changes), .lcore = lcore};
    for (uint32_t i = 0; group.is_swept && i < CDPDK_REGISTRY_OBJECTS; i++)
        if (cdpdk_load_relaxed_64(group.addresses + i) == (uintptr_t)pool && cdpdk_object_is(i, CDPDK_KIND_POOL)) {
            known->object = i;
            known->ring = pool->ops_index == group.shared_ops ? pool->pool_data : NULL;
            if (known->ring != NULL && pool->cache_size > 0 && lcore < RTE_MAX_LCORE)
                known->cache = pool->local_cache + lcore;
            break;
        }
    return known;
}

static inline bool is_known(const struct known_pool *known, const struct rte_mempool *pool) {
    return known != NULL && known->pool == pool && known->changes == cdpdk_load_relaxed_64(group.changes) &&
           known->lcore == rte_lcore_id();
}

static inline struct known_pool *known_pool(struct rte_mempool *pool) {
    struct known_pool *known = known_pools + ((uintptr_t)pool >> 6 ^ (uintptr_t)pool >> 12) % KNOWN_POOLS;
    return likely(is_known(known, pool)) ? known : look_for_pool(pool, known);
}

const struct known_pool *cdpdk_known_pool(struct rte_mempool *pool) { return known_pool(pool); }

/* MARK: - Moves */

bool cdpdk_wait_more(uint32_t *tries, uint64_t *began, int32_t patience) {
    if (++*tries % 64 != 0) {
        cdpdk_pause();
        return true;
    }
    if (__atomic_load_n(&group.is_abandoned, __ATOMIC_RELAXED) || (patience == SOON && *tries >= 256))
        return false;
    if (*began == 0)
        *began = rte_rdtsc();
    if (patience == LATER && rte_rdtsc() - *began > rte_get_tsc_hz() / 1000 * LATER)
        return false;
    sched_yield();
    return true;
}

static bool own(struct cdpdk_registry_move *move, int32_t patience) {
    uint32_t tries = 0;
    uint64_t began = 0;
    while (cdpdk_load_relaxed_64(&move->owner) != 0 || !cdpdk_compare_exchange_64(&move->owner, 0, group.holder))
        if (!cdpdk_wait_more(&tries, &began, patience))
            return false;
    return true;
}

static void disown(struct cdpdk_registry_move *move) {
    cdpdk_signal_fence();
    cdpdk_store_relaxed_64(&move->what, 0);
    cdpdk_store_release_64(&move->owner, 0);
}

/* Begins to move as many of `number` packets as there are, or with `all` all or none: the ring's head names this
 * process until publish(), as that of a shared end does (cdpdk_shared_ends.h). Returns how many; 0: nothing happened.
 * The move is owned. */
static uint32_t swap(struct rte_ring *ring, struct cdpdk_registry_move *move, int side, uint32_t number, bool all,
                     uint64_t what, uint32_t length, int32_t patience, uint32_t *position) {
    struct rte_ring_hts_headtail *ends = ring_side(ring, side);
    uint32_t tries = 0;
    uint64_t began = 0;
    for (;;) {
        union __rte_ring_hts_pos old = {.raw = __atomic_load_n(&ends->ht.raw, __ATOMIC_ACQUIRE)};
        if (old.pos.head != old.pos.tail) {
            /* DPDK's own functions, in C, are moving. */
            if (!cdpdk_wait_more(&tries, &began, patience))
                return 0;
            continue;
        }
        uint32_t there = side == CDPDK_MOVE_PUT
                             ? ring->capacity + __atomic_load_n(&ring->cons.tail, __ATOMIC_ACQUIRE) - old.pos.head
                             : __atomic_load_n(&ring->prod.tail, __ATOMIC_ACQUIRE) - old.pos.head;
        uint32_t moved = there >= number ? number : all ? 0 : there;
        if (moved == 0)
            return 0;
        union __rte_ring_hts_pos new = {
            .pos = {.head = old.pos.tail + cdpdk_shared_token(group.holder), .tail = old.pos.tail}};
        if (__atomic_compare_exchange_n(&ends->ht.raw, &old.raw, new.raw, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            cdpdk_signal_fence();
            cdpdk_store_relaxed_64(&move->at, (uint64_t)length << 32 | old.pos.tail);
            cdpdk_signal_fence();
            cdpdk_store_relaxed_64(&move->what, what | CDPDK_MOVE_BEGUN | moved);
            cdpdk_signal_fence();
            *position = old.pos.tail;
            return moved;
        }
    }
}

static void publish(struct rte_ring *ring, int side, uint32_t end) {
    union __rte_ring_hts_pos ends = {.pos = {.head = end, .tail = end}};
    __atomic_store_n(&ring_side(ring, side)->ht.raw, ends.raw, __ATOMIC_RELEASE);
    cdpdk_signal_fence();
}

static void copy_in(struct rte_ring *ring, uint32_t position, void *const *source, uint32_t number) {
    uint32_t index = position & ring->mask, run = RTE_MIN(number, ring->size - index);
    void **slots = (void **)&ring[1];
    memcpy(slots + index, source, run * sizeof *slots);
    memcpy(slots, source + run, (number - run) * sizeof *slots);
}

static void copy_out(struct rte_ring *ring, uint32_t position, void **target, uint32_t number) {
    uint32_t index = position & ring->mask, run = RTE_MIN(number, ring->size - index);
    void **slots = (void **)&ring[1];
    memcpy(target, slots + index, run * sizeof *slots);
    memcpy(target + run, slots, (number - run) * sizeof *slots);
}

/* Moves the last `number` packets of a cache to the pool's ring. */
static bool spill(const struct known_pool *known, struct rte_mempool_cache *cache, uint32_t lcore, uint32_t number,
                  int32_t patience) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, known->object, CDPDK_MOVE_PUT);
    if (!own(move, patience))
        return false;
    uint32_t length = cache->len, position;
    uint32_t moved = swap(known->ring, move, CDPDK_MOVE_PUT, number, true, CDPDK_MOVE_CACHE | (uint64_t)lcore << 32,
                          length, patience, &position);
    if (moved > 0) {
        copy_in(known->ring, position, cache->objs + length - moved, moved);
        publish(known->ring, CDPDK_MOVE_PUT, position + moved);
        __atomic_store_n(&cache->len, length - moved, __ATOMIC_RELAXED);
    }
    disown(move);
    return moved > 0;
}

/* Moves `number` packets from the pool's ring to a cache. */
static bool fill(const struct known_pool *known, struct rte_mempool_cache *cache, uint32_t number) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, known->object, CDPDK_MOVE_TAKE);
    if (!own(move, LATER))
        return false;
    uint32_t length = cache->len, position;
    uint32_t moved = swap(known->ring, move, CDPDK_MOVE_TAKE, number, true,
                          CDPDK_MOVE_CACHE | (uint64_t)known->lcore << 32, length, LATER, &position);
    if (moved > 0) {
        copy_out(known->ring, position, cache->objs + length, moved);
        publish(known->ring, CDPDK_MOVE_TAKE, position + moved);
        __atomic_store_n(&cache->len, length + moved, __ATOMIC_RELAXED);
    }
    disown(move);
    return moved > 0;
}

/* Brings at least `number` packets into a cache, if the pool has them. */
static bool provide(const struct known_pool *known, struct rte_mempool_cache *cache, uint32_t number) {
    uint32_t missing = number - cache->len;
    /* As many as DPDK takes, but never more than its threshold; if the pool has fewer, only those that are missing. */
    uint32_t more = RTE_MIN(missing + cache->size, RTE_MAX(cache->flushthresh, number) - cache->len);
    return fill(known, cache, more) || fill(known, cache, missing);
}

/* Makes room for `number` packets in a cache, up to a limit. */
static bool clear(const struct known_pool *known, struct rte_mempool_cache *cache, uint32_t number, uint32_t limit,
                  int32_t patience) {
    if (cache->len + number <= limit)
        return true;
    uint32_t keep = RTE_MIN(cache->size / 2, limit - RTE_MIN(number, limit));
    return spill(known, cache, known->lcore, cache->len - RTE_MIN(keep, cache->len), patience) &&
           cache->len + number <= limit;
}

/* Moves the first listed packets to the ring of a pool. */
static uint32_t move_in(struct rte_ring *ring, uint32_t object, struct cdpdk_record *record, void **entries,
                        uint32_t first, uint32_t count, uint32_t number, bool all, int32_t patience) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, object, CDPDK_MOVE_PUT);
    if (!own(move, patience))
        return 0;
    uint32_t position, moved = swap(ring, move, CDPDK_MOVE_PUT, number, all, 0, 0, patience, &position);
    if (moved > 0) {
        cdpdk_record_begin(record, first, count, CDPDK_OPERATION_SHARED_ENQUEUE, position, object);
        copy_in(ring, position, entries + first, moved);
        publish(ring, CDPDK_MOVE_PUT, position + moved);
        cdpdk_record_list(record, first + moved, count - moved);
    }
    disown(move);
    return moved;
}

/* Moves packets from the ring of a pool to `target`, behind the last listed one. */
static uint32_t move_out(struct rte_ring *ring, uint32_t object, struct cdpdk_record *record, void **target,
                         uint32_t first, uint32_t count, uint32_t number, bool all) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, object, CDPDK_MOVE_TAKE);
    if (!own(move, LATER))
        return 0;
    uint32_t position, moved = swap(ring, move, CDPDK_MOVE_TAKE, number, all, 0, 0, LATER, &position);
    if (moved > 0) {
        copy_out(ring, position, target, moved);
        cdpdk_record_begin(record, first, count + moved, CDPDK_OPERATION_SHARED_DEQUEUE, position, object);
        publish(ring, CDPDK_MOVE_TAKE, position + moved);
        cdpdk_record_list(record, first, count + moved);
    }
    disown(move);
    return moved;
}

bool cdpdk_put_raw(const struct known_pool *known, void **mbufs, uint32_t number) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, known->object, CDPDK_MOVE_PUT);
    if (!own(move, SOON))
        return false;
    uint32_t position, moved = swap(known->ring, move, CDPDK_MOVE_PUT, number, true, 0, 0, SOON, &position);
    if (moved > 0) {
        copy_in(known->ring, position, mbufs, moved);
        publish(known->ring, CDPDK_MOVE_PUT, position + moved);
    }
    disown(move);
    return moved > 0;
}

/* MARK: - Allocating */

static void reset(void **mbufs, uint32_t number) {
    for (uint32_t i = 0; i < number; i++)
        rte_pktmbuf_reset((struct rte_mbuf *)mbufs[i]);
}

static inline void prefetch_to_reset(const void *mbuf) {
    cdpdk_prefetch_to_write(mbuf);
    cdpdk_prefetch_to_write((const char *)mbuf + RTE_CACHE_LINE_MIN_SIZE);
}

/* Fetches the packets that will be allocated next, to be written, since another CPU has probably had them last. */
static inline void prefetch_free(const struct rte_mempool_cache *cache, uint32_t length, uint32_t number) {
    for (uint32_t i = length - RTE_MIN(number, length); i < length; i++)
        prefetch_to_reset(cache->objs[i]);
}

/* Allocates packets that the cache has. */
static inline void take_from_cache(struct rte_mempool_cache *cache, struct cdpdk_record *record, void **target,
                                   uint32_t first, uint32_t count, uint32_t more) {
    uint32_t length = cache->len - more;
    void **source = cache->objs + length;
    for (uint32_t i = 0; i < more; i++)
        target[i] = source[i];
    cdpdk_record_list(record, first, count + more);
    __atomic_store_n(&cache->len, length, __ATOMIC_RELAXED);
    cdpdk_signal_fence();
    reset(target, more);
    prefetch_free(cache, length, more);
}

/* Allocates the last packet of the cache of the pool that the last packets came from. Null if it is not this pool's, or
 * has none. */
static inline struct rte_mbuf *take_last(struct cdpdk_pool *shared, struct cdpdk_record *record, void **target,
                                         uint32_t first, uint32_t count) {
    const struct known_pool *known = last_taken;
    struct rte_mempool_cache *cache;
    if (unlikely(!is_known(known, (struct rte_mempool *)shared) || (cache = known->cache) == NULL || cache->len == 0))
        return NULL;
    uint32_t length = cache->len - 1;
    struct rte_mbuf *mbuf = cache->objs[length];
    *target = mbuf;
    cdpdk_record_list(record, first, count + 1);
    __atomic_store_n(&cache->len, length, __ATOMIC_RELAXED);
    cdpdk_signal_fence();
    rte_pktmbuf_reset(mbuf);
    if (length > 0)
        prefetch_to_reset(cache->objs[length - 1]);
    return mbuf;
}

static __attribute__((noinline)) bool allocate_slowly(const struct known_pool *known, struct cdpdk_record *record,
                                                      void **target, uint32_t first, uint32_t count, uint32_t more) {
    if (known->ring == NULL) {
        memset(target, 0, more * sizeof *target);
        cdpdk_record_begin(record, first, count + more, CDPDK_OPERATION_TAKE, more, known->object);
        bool done = rte_mempool_get_bulk(known->pool, target, more) == 0;
        cdpdk_record_list(record, first, done ? count + more : count);
        if (done)
            reset(target, more);
        return done;
    }
    struct rte_mempool_cache *cache = known->cache;
    if (cache == NULL || more > RTE_MEMPOOL_CACHE_MAX_SIZE) {
        /* What the cache has may be missing in the ring. */
        if (cache != NULL && cache->len > 0)
            spill(known, cache, known->lcore, cache->len, LATER);
        if (move_out(known->ring, known->object, record, target, first, count, more, true) == 0)
            return false;
        reset(target, more);
    } else {
        if (!provide(known, cache, more))
            return false;
        take_from_cache(cache, record, target, first, count, more);
    }
    return true;
}

static __attribute__((noinline)) bool allocate_more(struct rte_mempool *pool, struct cdpdk_record *record,
                                                    void **entries, uint32_t first, uint32_t count, uint32_t more) {
    const struct known_pool *known = last_taken = known_pool(pool);
    void **target = entries + first + count;
    if (unlikely(known->cache == NULL || known->cache->len < more))
        return allocate_slowly(known, record, target, first, count, more);
    take_from_cache(known->cache, record, target, first, count, more);
    return true;
}

bool cdpdk_packets_allocate(struct cdpdk_pool *shared, struct cdpdk_record *record, void **entries, uint32_t first,
                            uint32_t count, uint32_t more) {
    return (more == 1 && likely(take_last(shared, record, entries + first + count, first, count) != NULL)) ||
           allocate_more((struct rte_mempool *)shared, record, entries, first, count, more);
}

static __attribute__((noinline)) void *allocate_single_slowly(struct cdpdk_pool *shared,
                                                              struct cdpdk_arena_single *single) {
    return allocate_more((struct rte_mempool *)shared, &single->record, &single->entry, 0, 0, 1) ? single->entry : NULL;
}

void *cdpdk_packets_allocate_single(struct cdpdk_pool *shared, struct cdpdk_arena_single *single) {
    struct rte_mbuf *mbuf = take_last(shared, &single->record, &single->entry, 0, 0);
    return likely(mbuf != NULL) ? mbuf : allocate_single_slowly(shared, single);
}

/* MARK: - Freeing */

/* Whether only this process has the packet, it is one segment, and its buffer is its own. */
static inline bool is_plain(const struct rte_mbuf *mbuf) {
    return rte_mbuf_refcnt_read(mbuf) == 1 && mbuf->next == NULL && mbuf->nb_segs == 1 && RTE_MBUF_DIRECT(mbuf);
}

static void own_buffer(struct rte_mbuf *mbuf) {
    struct rte_mempool *pool = mbuf->pool;
    uint16_t private_size = rte_pktmbuf_priv_size(pool);
    uint32_t size = (uint32_t)sizeof(struct rte_mbuf) + private_size;
    mbuf->priv_size = private_size;
    mbuf->buf_addr = (char *)mbuf + size;
    rte_mbuf_iova_set(mbuf, rte_mempool_virt2iova(mbuf) + size);
    mbuf->buf_len = rte_pktmbuf_data_room_size(pool);
    rte_pktmbuf_reset_headroom(mbuf);
    mbuf->data_len = 0;
    mbuf->ol_flags = 0;
}

struct rte_mbuf *cdpdk_drop_segment(struct rte_mbuf *segment, bool calls_back, struct rte_mbuf **parent) {
    *parent = NULL;
    if (rte_mbuf_refcnt_read(segment) != 1 && rte_mbuf_refcnt_update(segment, -1) != 0)
        return NULL;
    if (RTE_MBUF_CLONED(segment)) {
        struct rte_mbuf *direct = rte_mbuf_from_indirect(segment);
        if (rte_mbuf_refcnt_update(direct, -1) == 0) {
            direct->next = NULL;
            direct->nb_segs = 1;
            rte_mbuf_refcnt_set(direct, 1);
            *parent = direct;
        }
        own_buffer(segment);
    } else if (RTE_MBUF_HAS_EXTBUF(segment) && !RTE_MBUF_HAS_PINNED_EXTBUF(segment)) {
        if (calls_back && rte_mbuf_ext_refcnt_update(segment->shinfo, -1) == 0)
            segment->shinfo->free_cb(segment->buf_addr, segment->shinfo->fcb_opaque);
        own_buffer(segment);
    }
    segment->next = NULL;
    segment->nb_segs = 1;
    rte_mbuf_refcnt_set(segment, 1);
    return segment;
}

/* Puts one free packet, which is listed nowhere or first in the record, back into its pool. */
static void put_one(struct rte_mbuf *mbuf) {
    const struct known_pool *known = cdpdk_known_pool(mbuf->pool);
    struct rte_mempool_cache *cache = known->cache;
    if (cache != NULL) {
        if (!clear(known, cache, 1, cache->flushthresh, SOON) && !clear(known, cache, 1, CACHE_ROOM, ALWAYS))
            return;
        cache->objs[cache->len] = mbuf;
        cdpdk_signal_fence();
        __atomic_store_n(&cache->len, cache->len + 1, __ATOMIC_RELAXED);
        cdpdk_signal_fence();
    } else if (known->ring != NULL) {
        void *raw = mbuf;
        while (!cdpdk_put_raw(known, &raw, 1) && !__atomic_load_n(&group.is_abandoned, __ATOMIC_RELAXED))
            sched_yield();
    } else {
        rte_mempool_put(known->pool, mbuf);
    }
}

/* Frees the first listed packet, which others share, or whose buffer is not its own. */
static void free_shared(struct cdpdk_record *record, uint32_t first, uint32_t count, struct rte_mbuf *mbuf) {
    cdpdk_record_begin(record, first, count, CDPDK_OPERATION_DROP, 0, 0);
    while (mbuf != NULL) {
        struct rte_mbuf *next = mbuf->next, *parent, *free = cdpdk_drop_segment(mbuf, true, &parent);
        if (free != NULL)
            put_one(free);
        if (parent != NULL)
            put_one(parent);
        mbuf = next;
    }
    cdpdk_record_list(record, first + 1, count - 1);
}

/* Frees the first listed packet, whose segments only this process has, after they are all listed in the thread's own
 * block: linked to each other, they would be lost with their head. False: nothing happened. */
static bool free_segments(struct rte_mbuf *chain, struct cdpdk_record *record, uint32_t first, uint32_t count) {
    struct cdpdk_arena_block *block = cdpdk_arena_chain_block();
    if (block == NULL)
        return false;
    void **entries = cdpdk_arena_entries(block);
    uint32_t number = 0;
    for (struct rte_mbuf *segment = chain; segment != NULL; segment = segment->next) {
        if (number == CDPDK_ARENA_CHAIN_MAX || rte_mbuf_refcnt_read(segment) != 1)
            return false;
        entries[number++] = segment;
    }
    cdpdk_record_begin(&block->record, 0, number, CDPDK_OPERATION_TRANSMIT, number, 0);
    cdpdk_record_list(record, first + 1, count - 1);
    for (uint32_t i = 0; i < number; i++) {
        ((struct rte_mbuf *)entries[i])->next = NULL;
        ((struct rte_mbuf *)entries[i])->nb_segs = 1;
    }
    cdpdk_record_list(&block->record, 0, number);
    cdpdk_packets_free(&block->record, entries, 0, number, number);
    return true;
}

/* Frees into a pool's cache, which has room for `number`, as many of the first listed packets as are plain and of that
 * pool. Returns how many. */
static inline uint32_t put_plain(struct rte_mempool *pool, struct rte_mempool_cache *cache, struct cdpdk_record *record,
                                 void **entries, uint32_t first, uint32_t count, uint32_t number) {
    uint32_t length = cache->len, run = 0;
    for (; run < number; run++) {
        struct rte_mbuf *mbuf = entries[first + run];
        if (unlikely(mbuf->pool != pool || !is_plain(mbuf)))
            break;
        cache->objs[length + run] = mbuf;
    }
    cdpdk_signal_fence();
    __atomic_store_n(&cache->len, length + run, __ATOMIC_RELAXED);
    cdpdk_record_list(record, first + run, count - run);
    return run;
}

static __attribute__((noinline)) void free_slowly(struct cdpdk_record *record, void **entries, uint32_t first,
                                                  uint32_t count, uint32_t number) {
    while (number > 0) {
        struct rte_mbuf *mbuf = entries[first];
        const struct known_pool *known = known_pool(mbuf->pool);
        struct rte_mempool_cache *cache = known->cache;
        uint32_t run = 0;
        if (cache != NULL) {
            uint32_t room = cache->flushthresh > cache->len ? RTE_MIN(number, cache->flushthresh - cache->len) : 0;
            run = put_plain(known->pool, cache, record, entries, first, count, room);
            if (run == 0 && is_plain(mbuf)) {
                /* The cache is full. All that it has is unlisted by now. */
                if (clear(known, cache, RTE_MIN(number, cache->size), cache->flushthresh, SOON))
                    continue;
                if (!clear(known, cache, 1, CACHE_ROOM, ALWAYS))
                    return;
                run = put_plain(known->pool, cache, record, entries, first, count, 1);
            }
        } else {
            while (run < number && ((struct rte_mbuf *)entries[first + run])->pool == known->pool &&
                   is_plain(entries[first + run]))
                run++;
            if (run > 0 && known->ring != NULL) {
                run = move_in(known->ring, known->object, record, entries, first, count, run, false, ALWAYS);
                if (run == 0)
                    return;
            } else if (run > 0) {
                cdpdk_record_begin(record, first, count, CDPDK_OPERATION_GIVE, run, known->object);
                rte_mempool_put_bulk(known->pool, entries + first, run);
                cdpdk_record_list(record, first + run, count - run);
            }
        }
        if (run == 0) {
            mbuf = entries[first];
            if (mbuf->next == NULL || !free_segments(mbuf, record, first, count))
                free_shared(record, first, count, mbuf);
            run = 1;
        }
        first += run;
        count -= run;
        number -= run;
    }
}

static __attribute__((noinline)) void free_more(struct cdpdk_record *record, void **entries, uint32_t first,
                                                uint32_t count, uint32_t number) {
    if (number == 0)
        return;
    struct rte_mempool *pool = ((struct rte_mbuf *)entries[first])->pool;
    const struct known_pool *known = last_freed;
    if (!is_known(known, pool))
        known = last_freed = known_pool(pool);
    struct rte_mempool_cache *cache = known->cache;
    uint32_t run = 0;
    if (likely(cache != NULL) && likely(cache->len + number <= cache->flushthresh))
        run = put_plain(pool, cache, record, entries, first, count, number);
    if (unlikely(run < number))
        free_slowly(record, entries, first + run, count - run, number - run);
}

/* Puts a listed packet into the cache of the pool that the last packets went to, if it is plain and of that pool. */
static inline bool put_last(struct rte_mbuf *mbuf) {
    const struct known_pool *known = last_freed;
    struct rte_mempool_cache *cache;
    if (unlikely(!is_known(known, mbuf->pool) || (cache = known->cache) == NULL || cache->len >= cache->flushthresh ||
                 !is_plain(mbuf)))
        return false;
    uint32_t length = cache->len;
    cache->objs[length] = mbuf;
    cdpdk_signal_fence();
    __atomic_store_n(&cache->len, length + 1, __ATOMIC_RELAXED);
    return true;
}

void cdpdk_packets_free(struct cdpdk_record *record, void **entries, uint32_t first, uint32_t count, uint32_t number) {
    if (number == 1 && likely(put_last(entries[first])))
        cdpdk_record_list(record, first + 1, count - 1);
    else
        free_more(record, entries, first, count, number);
}

static __attribute__((noinline)) void free_single_slowly(struct cdpdk_arena_single *single) {
    free_more(&single->record, &single->entry, 0, 1, 1);
    cdpdk_arena_release_single(single);
}

void cdpdk_packets_free_single(struct cdpdk_arena_single *single, void *mbuf) {
    if (likely(put_last(mbuf)))
        cdpdk_arena_release_single(single);
    else
        free_single_slowly(single);
}

/* Frees the segments behind a packet's first one, each after it is listed in the thread's own block and unlinked. */
static void free_rest(struct rte_mbuf *head) {
    struct cdpdk_arena_block *block = cdpdk_arena_chain_block();
    struct cdpdk_record unlisted, *record = block != NULL ? &block->record : &unlisted;
    void *entry, **entries = block != NULL ? cdpdk_arena_entries(block) : &entry;
    while (head->next != NULL) {
        struct rte_mbuf *segment = head->next, *parent;
        bool is_shared = rte_mbuf_refcnt_read(segment) != 1;
        entries[0] = segment;
        cdpdk_record_begin(record, 0, 1, is_shared ? CDPDK_OPERATION_DROP : CDPDK_OPERATION_TRANSMIT, 1, 0);
        head->next = segment->next;
        /* Until the next segment is linked, the number says how far the last one is. */
        cdpdk_signal_fence();
        head->nb_segs--;
        if (!is_shared) {
            segment->next = NULL;
            segment->nb_segs = 1;
            cdpdk_record_list(record, 0, 1);
            cdpdk_packets_free(record, entries, 0, 1, 1);
            continue;
        }
        segment = cdpdk_drop_segment(segment, true, &parent);
        if (segment != NULL)
            put_one(segment);
        if (parent != NULL)
            put_one(parent);
        cdpdk_record_list(record, 0, 0);
    }
}

int cdpdk_packets_linearize(void *packet) {
    struct rte_mbuf *head = packet, *rest = head->next;
    if (rte_pktmbuf_is_contiguous(head))
        return 0;
    uint32_t more = head->pkt_len - head->data_len;
    if (more > rte_pktmbuf_tailroom(head))
        return -1;
    char *end = rte_pktmbuf_mtod_offset(head, char *, head->data_len);
    for (struct rte_mbuf *segment = rest; segment != NULL; segment = segment->next) {
        memcpy(end, rte_pktmbuf_mtod(segment, void *), segment->data_len);
        end += segment->data_len;
    }
    head->data_len = (uint16_t)head->pkt_len;
    free_rest(head);
    return 0;
}

bool cdpdk_flush_cache(struct rte_mempool *pool, struct rte_mempool_cache *cache, uint32_t lcore) {
    const struct known_pool *known = cdpdk_known_pool(pool);
    /* If another process moves for long, the packets stay for the next one with the lcore id. */
    if (known->ring != NULL)
        spill(known, cache, lcore, cache->len, LATER);
    return known->ring != NULL;
}

/* MARK: - Drivers */

static void note(struct cdpdk_arena_block *block, uint32_t *notes, const struct known_pool *known, uint32_t length) {
    uint64_t value = (uint64_t)(known->object + 1) << 48 | (uint64_t)known->lcore << 32 | length;
    cdpdk_store_relaxed_64(block->notes + (*notes)++, value);
}

/* Outside a driver's call there are no notes. */
static void end_notes(struct cdpdk_arena_block *block, uint32_t notes) {
    cdpdk_store_relaxed_64(block->notes + notes, 0);
    cdpdk_signal_fence();
}

/* Notes the length of the calling thread's cache of a pool, in which there is room for `number` packets. False if the
 * pool has no cache that can be noted. */
static bool note_for_putting(struct cdpdk_arena_block *block, uint32_t *notes, const struct known_pool *known,
                             uint32_t number) {
    struct rte_mempool_cache *cache = known->cache;
    if (cache == NULL || number > cache->size || *notes >= CDPDK_ARENA_NOTES - 1 ||
        !clear(known, cache, number, cache->flushthresh, LATER))
        return false;
    note(block, notes, known, cache->len);
    return true;
}

/* How many packets go into which pools, when others are freed. */
struct puts {
    struct rte_mempool *pools[CDPDK_ARENA_NOTES - 1];
    uint32_t numbers[CDPDK_ARENA_NOTES - 1], count;
};

/* Counts a packet's segments, and those that they are attached to. False if they are of too many pools. */
static bool count_puts(struct puts *puts, struct rte_mbuf *packet) {
    puts->count = 0;
    for (struct rte_mbuf *segment = packet; segment != NULL; segment = segment->next) {
        struct rte_mbuf *both[] = {segment, RTE_MBUF_CLONED(segment) ? rte_mbuf_from_indirect(segment) : NULL};
        for (int i = 0; i < 2 && both[i] != NULL; i++) {
            uint32_t at = 0;
            while (at < puts->count && puts->pools[at] != both[i]->pool)
                at++;
            if (at == RTE_DIM(puts->pools))
                return false;
            if (at == puts->count) {
                puts->pools[puts->count] = both[i]->pool;
                puts->numbers[puts->count++] = 0;
            }
            puts->numbers[at]++;
        }
    }
    return true;
}

static bool note_puts(struct cdpdk_arena_block *block, uint32_t *notes, const struct puts *puts) {
    for (uint32_t i = 0; i < puts->count; i++)
        if (!note_for_putting(block, notes, cdpdk_known_pool(puts->pools[i]), puts->numbers[i]))
            return false;
    return true;
}

/* Before a driver moves packets of pools as it likes: nobody else moves them, the positions of the pools' rings are
 * noted, and the caches are in doubt. A driver that takes packets may put some back. Writes the numbers of the pools to
 * `objects`, and returns how many there are. */
static uint32_t let_driver_move(struct cdpdk_arena_block *block, const struct puts *puts, int last_side, bool keeps,
                                uint32_t *objects) {
    uint32_t notes = 0, count = 0;
    for (uint32_t i = 0; i < puts->count; i++) {
        const struct known_pool *known = cdpdk_known_pool(puts->pools[i]);
        if (known->ring == NULL)
            continue;
        struct rte_mempool_cache *cache = known->cache;
        if (cache != NULL) {
            /* What is there afterwards was put there in the call. */
            for (uint32_t at = cache->len; at < cache->flushthresh; at++)
                cache->objs[at] = NULL;
            note(block, &notes, known, CDPDK_NOTE_IN_DOUBT | (keeps ? CDPDK_NOTE_OTHERS : 0) | cache->len);
        }
        /* All processes own several moves in the same order. */
        uint32_t at = count++;
        for (; at > 0 && objects[at - 1] > known->object; at--)
            objects[at] = objects[at - 1];
        objects[at] = known->object;
    }
    end_notes(block, notes);
    for (uint32_t i = 0; i < count; i++) {
        struct rte_mempool *pool = (void *)(uintptr_t)cdpdk_load_relaxed_64(group.addresses + objects[i]);
        for (int side = CDPDK_MOVE_PUT; side <= last_side; side++) {
            struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, objects[i], (uint32_t)side);
            if (!own(move, ALWAYS))
                return i;
            cdpdk_store_relaxed_64(&move->at, ring_side(pool->pool_data, side)->ht.pos.tail);
            cdpdk_signal_fence();
            cdpdk_store_relaxed_64(&move->what, CDPDK_MOVE_DRIVER);
        }
    }
    return count;
}

static void end_driver_moves(const uint32_t *objects, uint32_t count, int last_side) {
    for (uint32_t i = 0; i < count; i++)
        for (int side = CDPDK_MOVE_PUT; side <= last_side; side++)
            disown(cdpdk_registry_move(group.registry, objects[i], (uint32_t)side));
}

static uint32_t call_transmit(uint16_t port, uint16_t queue, void **entries, uint32_t number) {
    return rte_eth_tx_burst(port, queue, (struct rte_mbuf **)entries, (uint16_t)number);
}

/* Transmits the first listed packet, whose segments are all listed in the thread's own block meanwhile. -1: no. */
static int transmit_chain(uint16_t port, uint16_t queue, struct cdpdk_arena_block *block, void **entries,
                          uint32_t first, uint32_t count) {
    struct rte_mbuf *head = entries[first];
    struct cdpdk_arena_block *chain = cdpdk_arena_chain_block();
    if (chain == NULL)
        return -1;
    uint32_t number = 0, notes = 0;
    for (struct rte_mbuf *segment = head; segment != NULL; segment = segment->next) {
        if (number == CDPDK_ARENA_CHAIN_MAX || rte_mbuf_refcnt_read(segment) != 1 || !RTE_MBUF_DIRECT(segment))
            return -1;
        cdpdk_arena_entries(chain)[number++] = segment;
    }
    struct puts puts;
    if (!count_puts(&puts, head) || !note_puts(chain, &notes, &puts)) {
        end_notes(chain, 0);
        return -1;
    }
    end_notes(chain, notes);
    cdpdk_record_begin(&chain->record, 0, number, CDPDK_OPERATION_TRANSMIT, number, port);
    cdpdk_record_begin(&block->record, first, count, CDPDK_OPERATION_TRANSMIT, 1, port);
    uint32_t sent = call_transmit(port, queue, entries + first, 1);
    cdpdk_record_list(&block->record, first + sent, count - sent);
    cdpdk_record_list(&chain->record, 0, 0);
    end_notes(chain, 0);
    return (int)sent;
}

/* The ring behind a queue of net_ring, if it has one producer, or one consumer. */
static struct rte_ring *ring_of_queue(uint16_t port, uint16_t queue, bool transmits) {
    if (port >= RTE_MAX_ETHPORTS || queue >= RTE_MAX_QUEUES_PER_PORT)
        return NULL;
    void **data = transmits ? rte_eth_fp_ops[port].txq.data : rte_eth_fp_ops[port].rxq.data;
    /* The driver's own structure of a queue begins with the address of its ring. */
    struct rte_ring *const *of_driver = data != NULL ? data[queue] : NULL;
    struct rte_ring *ring = of_driver != NULL ? *of_driver : NULL;
    if (ring == NULL || !cdpdk_memory_is_there((uintptr_t)ring, sizeof *ring) || ring->memzone == NULL ||
        !cdpdk_memory_is_there((uintptr_t)ring->memzone, sizeof *ring->memzone) || ring->memzone->addr != ring ||
        (transmits ? ring->prod.sync_type : ring->cons.sync_type) != RTE_RING_SYNC_ST)
        return NULL;
    return ring;
}

bool cdpdk_packets_has_ring(uint16_t port, uint16_t queue, bool transmits) {
    return ring_of_queue(port, queue, transmits) != NULL;
}

/* What a record says of an operation on a ring that is no object of the group: it has the ring's address. */
static uint64_t on_ring(struct cdpdk_record *record, uint32_t first, uint32_t count, uint32_t operation,
                        struct rte_ring *ring) {
    cdpdk_store_relaxed_64(&record->address, (uintptr_t)ring);
    return cdpdk_listed(first, count) | cdpdk_operation(operation, 0, CDPDK_OBJECT_BY_ADDRESS);
}

uint32_t cdpdk_packets_transmit(uint16_t port, uint16_t queue, int32_t driver, struct cdpdk_arena_block *block,
                                uint32_t first, uint32_t count) {
    void **entries = cdpdk_arena_entries(block);
    uint32_t total = 0;
    if (driver == CDPDK_DRIVER_OWN) {
        total = call_transmit(port, queue, entries + first, RTE_MIN(count, (uint32_t)UINT16_MAX));
        if (total > 0)
            cdpdk_record_list(&block->record, first + total, count - total);
        return total;
    }
    struct rte_ring *ring = driver == CDPDK_DRIVER_RING ? ring_of_queue(port, queue, true) : NULL;
    if (ring != NULL) {
        uint64_t word = on_ring(&block->record, first, count, CDPDK_OPERATION_ENQUEUE, ring);
        cdpdk_arena_enqueue(block, word, ring->prod.tail);
        total = call_transmit(port, queue, entries + first, count);
        cdpdk_record_list(&block->record, first + total, count - total);
        return total;
    }
    bool frees = driver == CDPDK_DRIVER_FREES || driver == CDPDK_DRIVER_CHAINS;
    while (count > 0) {
        uint32_t number = RTE_MIN(count, 256u), run = 0, notes = 0, operation = CDPDK_OPERATION_TRANSMIT;
        const struct known_pool *known = NULL;
        for (; run < number; run++) {
            struct rte_mbuf *mbuf = entries[first + run];
            if (!is_plain(mbuf))
                break;
            if (likely(known != NULL && mbuf->pool == known->pool))
                continue;
            /* Packets of one pool are sent at a time. */
            if (known != NULL)
                break;
            known = cdpdk_known_pool(mbuf->pool);
            number = RTE_MIN(number, RTE_MAX(known->pool->cache_size, 1u));
        }
        if (run == 0 && frees) {
            int sent = ((struct rte_mbuf *)entries[first])->nb_segs > 1
                           ? transmit_chain(port, queue, block, entries, first, count)
                           : -1;
            if (sent >= 0) {
                first += (uint32_t)sent;
                count -= (uint32_t)sent;
                total += (uint32_t)sent;
                if (sent == 0)
                    break;
                continue;
            }
        }
        if (run == 0) {
            /* Others have the packet too, or its segments are of many pools. */
            run = 1;
            known = cdpdk_known_pool(((struct rte_mbuf *)entries[first])->pool);
            operation = CDPDK_OPERATION_TRANSMIT_DROP;
        }
        struct puts puts = {{known->pool}, {run}, 1};
        /* What the thread knows of the pool may make room for what it learns of others. */
        uint32_t object = known->object;
        uint32_t objects[CDPDK_ARENA_NOTES], moves = 0, position = run;
        bool is_known = operation == CDPDK_OPERATION_TRANSMIT || count_puts(&puts, entries[first]);
        if (is_known && frees && note_puts(block, &notes, &puts)) {
            end_notes(block, notes);
        } else {
            moves = let_driver_move(block, &puts, CDPDK_MOVE_PUT, !frees, objects);
            position |= operation == CDPDK_OPERATION_TRANSMIT ? 0 : CDPDK_GIVE_SHARED;
            operation = CDPDK_OPERATION_GIVE;
        }
        cdpdk_record_begin(&block->record, first, count, operation, position, object);
        uint32_t sent = call_transmit(port, queue, entries + first, run);
        cdpdk_record_list(&block->record, first + sent, count - sent);
        end_notes(block, 0);
        end_driver_moves(objects, moves, CDPDK_MOVE_PUT);
        first += sent;
        count -= sent;
        total += sent;
        if (sent < run)
            break;
    }
    return total;
}

/* How many packets of a pool a chain may consist of: the longest frame that net_pcap reads has 65 535 bytes. */
static uint32_t segments_of_longest(struct rte_mempool *pool) {
    uint32_t room = rte_pktmbuf_data_room_size(pool);
    return room > RTE_PKTMBUF_HEADROOM ? UINT16_MAX / (room - RTE_PKTMBUF_HEADROOM) + 1 : UINT16_MAX;
}

uint32_t cdpdk_packets_receive(uint16_t port, uint16_t queue, int32_t driver, struct cdpdk_pool *pool,
                               struct cdpdk_arena_block *block, uint32_t first, uint32_t count, uint32_t more) {
    void **target = cdpdk_arena_entries(block) + first + count;
    uint32_t objects[CDPDK_ARENA_NOTES], moves = 0;
    struct rte_ring *ring = driver == CDPDK_DRIVER_RING ? ring_of_queue(port, queue, false) : NULL;
    if (ring != NULL) {
        uint32_t position = ring->cons.tail;
        more = RTE_MIN(more, __atomic_load_n(&ring->prod.tail, __ATOMIC_ACQUIRE) - position);
        if (more == 0)
            return 0;
        uint64_t word = on_ring(&block->record, first, count + more, CDPDK_OPERATION_DEQUEUE, ring);
        cdpdk_arena_dequeue_more(block, cdpdk_listed(first, count), word, position + more);
    } else if (driver != CDPDK_DRIVER_OWN) {
        const struct known_pool *known = pool != NULL ? cdpdk_known_pool((struct rte_mempool *)pool) : NULL;
        struct rte_mempool_cache *cache = known != NULL ? known->cache : NULL;
        uint32_t operation = CDPDK_OPERATION_TAKE;
        uint32_t each = driver == CDPDK_DRIVER_CHAINS && known != NULL ? segments_of_longest(known->pool) : 1;
        if (cache != NULL && driver != CDPDK_DRIVER_KEEPS && each <= cache->size) {
            more = RTE_MIN(more, cache->size / each);
            if (cache->len < more * each && !provide(known, cache, more * each))
                more = cache->len / each;
            if (more == 0)
                return 0;
            uint32_t notes = 0;
            note(block, &notes, known, cache->len);
            end_notes(block, notes);
            operation = CDPDK_OPERATION_RECEIVE;
        } else {
            struct puts takes = {{known != NULL ? known->pool : NULL}, {more}, known != NULL};
            moves = let_driver_move(block, &takes, CDPDK_MOVE_TAKE, false, objects);
        }
        memset(target, 0, more * sizeof *target);
        cdpdk_record_begin(&block->record, first, count + more, operation, more, known != NULL ? known->object : 0);
    }
    uint32_t came = rte_eth_rx_burst(port, queue, (struct rte_mbuf **)target, (uint16_t)more);
    if (came > 0 || driver != CDPDK_DRIVER_OWN)
        cdpdk_record_list(&block->record, first, count + came);
    end_notes(block, 0);
    end_driver_moves(objects, moves, CDPDK_MOVE_TAKE);
    const struct rte_mempool_cache *cache = pool != NULL ? known_pool((struct rte_mempool *)pool)->cache : NULL;
    if (cache != NULL)
        prefetch_free(cache, cache->len, came);
    return came;
}

/* MARK: - Pools that end */

bool cdpdk_packets_hold_pool(struct cdpdk_pool *pool) {
    const struct known_pool *known = cdpdk_known_pool((struct rte_mempool *)pool);
    if (known->ring == NULL)
        return true;
    struct cdpdk_registry_move *put = cdpdk_registry_move(group.registry, known->object, CDPDK_MOVE_PUT);
    if (!own(put, LATER))
        return false;
    if (own(cdpdk_registry_move(group.registry, known->object, CDPDK_MOVE_TAKE), LATER))
        return true;
    disown(put);
    return false;
}

#endif
