#include "cdpdk_group.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memzone.h"
#include "include/cdpdk_shared_ends.h"
#include "include/cdpdk_sweep.h"

#include <stdlib.h>
#include <string.h>

#define group cdpdk_group

/* MARK: - What is in the registry */

static void *address_of(uint64_t object) {
    return object < CDPDK_REGISTRY_OBJECTS ? (void *)(uintptr_t)cdpdk_load_acquire_64(group.addresses + object) : NULL;
}

/* Whether an object of so many bytes begins where its memory zone does. */
static bool is_at_zone(const void *object, uint64_t size, const struct rte_memzone *const *zone) {
    return (uintptr_t)object % RTE_CACHE_LINE_SIZE == 0 && cdpdk_memory_is_there((uintptr_t)object, size) &&
           cdpdk_memory_is_there((uintptr_t)*zone, sizeof **zone) && (*zone)->addr == object;
}

/* The ring at an address, or null. */
static struct rte_ring *ring_at(uint64_t address) {
    struct rte_ring *ring = (struct rte_ring *)(uintptr_t)address;
    return is_at_zone(ring, sizeof *ring, &ring->memzone) ? ring : NULL;
}

/* Whether the structures of a pool are there. Its maker may have freed it without this library. */
static bool is_sound(const struct rte_mempool *pool) {
    if (!is_at_zone(pool, sizeof *pool, &pool->mz) || (uint32_t)pool->ops_index >= rte_mempool_ops_table.num_ops ||
        (pool->cache_size != 0 &&
         !cdpdk_memory_is_there((uintptr_t)pool->local_cache, RTE_MAX_LCORE * sizeof *pool->local_cache)) ||
        (pool->ops_index == group.shared_ops && ring_at((uintptr_t)pool->pool_data) == NULL))
        return false;
    const struct rte_mempool_memhdr *chunk = STAILQ_FIRST(&pool->mem_list);
    for (uint32_t i = 0; i < pool->nb_mem_chunks; i++, chunk = STAILQ_NEXT(chunk, next))
        if (!cdpdk_memory_is_there((uintptr_t)chunk, sizeof *chunk))
            return false;
    return true;
}

/* The pools of the group, as they were found sound at the beginning of a look. */
static bool pools[CDPDK_REGISTRY_OBJECTS];

static void find_pools(void) {
    for (uint32_t i = 0; i < CDPDK_REGISTRY_OBJECTS; i++)
        pools[i] = address_of(i) != NULL && cdpdk_object_is(i, CDPDK_KIND_POOL) && is_sound(address_of(i));
}

static bool is_pool(uint32_t object) { return pools[object] && address_of(object) != NULL; }

static bool is_recorded(const struct rte_mempool *pool) { return pool->ops_index == group.shared_ops; }

/* Whether an address is in the memory of a pool. */
static bool contains(const struct rte_mempool *pool, const void *address) {
    const struct rte_mempool_memhdr *chunk = STAILQ_FIRST(&pool->mem_list);
    for (uint32_t i = 0; i < pool->nb_mem_chunks && chunk != NULL; i++, chunk = STAILQ_NEXT(chunk, next))
        if ((uintptr_t)address - (uintptr_t)chunk->addr < chunk->len)
            return true;
    return false;
}

/* The number of the pool that an address belongs to, which is the address of one of its packets. -1: it is none.
 * `guess` is where to look first, or -1. */
static int64_t pool_of(const void *address, int64_t guess) {
    if ((uintptr_t)address % RTE_CACHE_LINE_SIZE != 0)
        return -1;
    for (int64_t i = -1; i < CDPDK_REGISTRY_OBJECTS; i++) {
        int64_t object = i < 0 ? guess : i;
        if (object >= 0 && is_pool((uint32_t)object) && contains(address_of((uint64_t)object), address))
            return ((const struct rte_mbuf *)address)->pool == address_of((uint64_t)object) ? object : -1;
    }
    return -1;
}

/* Whether a move that a dead process owned was done. */
static bool was_done(const struct cdpdk_registry_move *move, struct rte_ring *ring, int side) {
    uint64_t what = cdpdk_load_relaxed_64(&move->what);
    return (what & CDPDK_MOVE_BEGUN) != 0 &&
           __atomic_load_n(&ring_side(ring, side)->ht.pos.tail, __ATOMIC_ACQUIRE) != (uint32_t)move->at;
}

/* Whether a head names a process, which has begun to move and has not done it. */
static bool is_named(union __rte_ring_hts_pos ends) {
    uint32_t token = ends.pos.head - ends.pos.tail, slot = token & 0x3f;
    uint64_t generation = cdpdk_load_relaxed_32(&group.processes[slot].generation);
    return token == cdpdk_shared_token((uint64_t)(slot + 1) << 32 | generation);
}

/* The same for the dead process. */
static bool is_within(const struct cdpdk_dead *dead, union __rte_ring_hts_pos ends) {
    return ends.pos.head - ends.pos.tail == cdpdk_shared_token(dead->holder);
}

/* The ring of an object: a pool's, or itself. */
static struct rte_ring *ring_of(uint32_t object) {
    void *address = address_of(object);
    if (is_pool(object))
        return is_recorded(address) ? ((struct rte_mempool *)address)->pool_data : NULL;
    return address != NULL && cdpdk_object_is(object, CDPDK_KIND_RING) ? ring_at((uintptr_t)address) : NULL;
}

bool cdpdk_sweep_read(uint32_t slot, struct cdpdk_dead *dead) {
    if (slot >= CDPDK_REGISTRY_PROCESSES)
        return false;
    struct cdpdk_registry_process *entry = group.processes + slot;
    *dead = (struct cdpdk_dead){
        .holder = (uint64_t)(slot + 1) << 32 | cdpdk_load_relaxed_32(&entry->generation),
        .lcores = {cdpdk_load_relaxed_64(entry->lcores), cdpdk_load_relaxed_64(entry->lcores + 1)},
        .chunk_count = cdpdk_load_acquire_32(&entry->arena_chunks),
    };
    if (dead->chunk_count > CDPDK_ARENA_CHUNKS)
        return false;
    for (uint32_t i = 0; i < dead->chunk_count; i++) {
        uint64_t address = cdpdk_load_relaxed_64(entry->arena + i);
        if (!cdpdk_memory_is_there(address, cdpdk_arena_chunk_size(i)))
            return false;
        dead->chunks[i].memory = (void *)(uintptr_t)address;
        dead->chunks[i].length = cdpdk_arena_chunk_size(i);
    }
    return true;
}

/* MARK: - The set of segments */

struct set {
    void **segments; /* open addressing; null: free */
    uint64_t mask, count;
};

static bool add(struct set *set, void *segment) {
    uint64_t at = ((uintptr_t)segment >> 6) * 0x9e3779b97f4a7c15ull >> 20;
    for (;; at++) {
        void **place = set->segments + (at & set->mask);
        if (*place == segment)
            return false;
        if (*place == NULL) {
            *place = segment;
            set->count++;
            return true;
        }
    }
}

struct look {
    const struct cdpdk_dead *dead;
    struct set set;
    uint64_t room; /* segments that can still be added */
    void (*visit)(void *segment, uint32_t pool, int32_t how, void *context);
    void *context;
    int64_t last_pool;
    /* Lengths of caches before a driver's call. */
    uint64_t *notes;
    uint32_t note_count, note_room;
    bool is_damaged, doubts; /* doubts: it was in something that moves packets in ways that are not known */
};

static void count_segments(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block,
                           uint64_t *entries, void *context) {
    struct look *look = context;
    uint32_t operation = cdpdk_word_operation(word);
    look->room += cdpdk_word_count(word) + 1;
    (void)entries;
    /* What else than a ring moves packets may have moved any of a pool that keeps them in another way. */
    if (operation == CDPDK_OPERATION_GIVE || operation == CDPDK_OPERATION_TAKE)
        look->doubts |= true;
    if (block == NULL || operation == CDPDK_OPERATION_NONE || operation == CDPDK_OPERATION_ENQUEUE ||
        operation == CDPDK_OPERATION_DEQUEUE || operation == CDPDK_OPERATION_SHARED_ENQUEUE ||
        operation == CDPDK_OPERATION_SHARED_DEQUEUE || operation == CDPDK_OPERATION_DROP)
        return;
    for (uint32_t i = 0; i < CDPDK_ARENA_NOTES && cdpdk_load_relaxed_64(block->notes + i) != 0; i++) {
        if (look->note_count == look->note_room) {
            look->note_room = look->note_room * 2 + 8;
            uint64_t *notes = realloc(look->notes, look->note_room * sizeof *notes);
            if (notes == NULL) {
                look->is_damaged = true;
                return;
            }
            look->notes = notes;
        }
        look->notes[look->note_count++] = cdpdk_load_relaxed_64(block->notes + i);
    }
}

/* Whether a packet of a driver's call can only be the dead process's or the driver's: nobody shares it, and none was
 * put into the pool's ring since the call began. */
static bool is_of_call(const struct look *look, const struct rte_mbuf *mbuf, int64_t pool) {
    if (pool < 0 || !is_recorded(address_of((uint64_t)pool)))
        return false;
    struct rte_ring *ring = ((struct rte_mempool *)address_of((uint64_t)pool))->pool_data;
    const struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, (uint32_t)pool, CDPDK_MOVE_PUT);
    return cdpdk_load_acquire_64(&move->owner) == look->dead->holder &&
           (cdpdk_load_relaxed_64(&move->what) & CDPDK_MOVE_DRIVER) != 0 &&
           __atomic_load_n(&ring_side(ring, CDPDK_MOVE_PUT)->ht.pos.tail, __ATOMIC_ACQUIRE) == (uint32_t)move->at &&
           rte_mbuf_refcnt_read(mbuf) == 1 && RTE_MBUF_DIRECT(mbuf);
}

/* Whether a packet is in a part of a pool's ring that a driver was about to take. The dead process has not taken it. */
static bool is_being_taken(const void *mbuf, int64_t pool) {
    if (pool < 0 || !is_recorded(address_of((uint64_t)pool)))
        return false;
    struct rte_ring *ring = ((struct rte_mempool *)address_of((uint64_t)pool))->pool_data;
    union __rte_ring_hts_pos now = {.raw =
                                        __atomic_load_n(&ring_side(ring, CDPDK_MOVE_TAKE)->ht.raw, __ATOMIC_ACQUIRE)};
    uint32_t count = is_named(now) ? 0 : RTE_MIN(now.pos.head - now.pos.tail, ring->size);
    for (uint32_t i = 0; i < count; i++)
        if (((void **)&ring[1])[(now.pos.tail + i) & ring->mask] == mbuf)
            return true;
    return false;
}

static void found(struct look *look, void *segment, int64_t pool, int32_t how) {
    if (how == CDPDK_FOUND_IN_DOUBT && is_being_taken(segment, pool))
        return;
    if (how == CDPDK_FOUND_IN_DOUBT && !is_of_call(look, segment, pool))
        how = CDPDK_FOUND_LOST;
    if (look->room == 0) {
        look->is_damaged = true;
        return;
    }
    if (!add(&look->set, segment))
        return;
    look->room--;
    look->visit(segment, pool < 0 ? CDPDK_REGISTRY_OBJECTS : (uint32_t)pool, how, look->context);
}

static void found_listed(struct look *look, void *segment, bool walks, int32_t how) {
    if (segment == NULL)
        return;
    int64_t pool = look->last_pool = pool_of(segment, look->last_pool);
    if (pool < 0) {
        found(look, segment, pool, CDPDK_FOUND_LOST);
        return;
    }
    struct rte_mbuf *mbuf = segment, *next = walks ? mbuf->next : NULL;
    uint32_t more = walks ? mbuf->nb_segs - 1u : 0;
    found(look, mbuf, pool, how);
    for (; next != NULL && more > 0; more--, next = next->next) {
        pool = pool_of(next, pool);
        if (pool < 0)
            break;
        found(look, next, pool, how);
    }
}

/* The ring of a record whose operation is on an end that one process has. Null if there is none. */
static struct rte_ring *ring_of_record(uint64_t word, const struct cdpdk_record *record) {
    uint32_t object = cdpdk_word_object(word);
    if (object == CDPDK_OBJECT_BY_ADDRESS)
        return ring_at(cdpdk_load_relaxed_64(&record->address));
    return object < CDPDK_REGISTRY_OBJECTS && !is_pool(object) ? ring_of(object) : NULL;
}

/* How many packets of a record are the ring's, at an exclusive end of which its operation is: the first ones, or the
 * last ones. False if the ring is not there. */
static bool find_in_ring(uint64_t word, const struct cdpdk_record *record, const struct cdpdk_arena_block *block,
                         uint32_t *front, uint32_t *back) {
    const struct rte_ring *ring = ring_of_record(word, record);
    if (ring == NULL)
        return false;
    bool enqueues = cdpdk_word_operation(word) == CDPDK_OPERATION_ENQUEUE;
    uint32_t count = cdpdk_word_count(word), position = (uint32_t)cdpdk_load_relaxed_64(&record->address);
    if (block != NULL)
        position = cdpdk_load_relaxed_32(enqueues ? &block->enqueued_from : &block->dequeued_to);
    if (enqueues) {
        uint32_t moved = __atomic_load_n(&ring->prod.tail, __ATOMIC_ACQUIRE) - position;
        *front = RTE_MIN(moved, count);
    } else {
        uint32_t left = position - __atomic_load_n(&ring->cons.tail, __ATOMIC_ACQUIRE);
        /* If the tail was there long ago, it is further by now. */
        *back = left <= count ? left : 0;
    }
    return true;
}

/* One record, by the operations in cdpdk_arena.h. */
static void judge(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block, uint64_t *entries,
                  void *context) {
    struct look *look = context;
    uint32_t first = cdpdk_word_first(word), count = cdpdk_word_count(word), p = cdpdk_word_p(word);
    uint32_t object = cdpdk_word_object(word), operation = cdpdk_word_operation(word), front = 0, back = 0, doubt = 0;
    if (block != NULL)
        found_listed(look, (void *)(uintptr_t)cdpdk_load_relaxed_64(&block->hand), true, CDPDK_FOUND_HELD);
    switch (operation) {
    case CDPDK_OPERATION_ENQUEUE:
    case CDPDK_OPERATION_DEQUEUE: doubt = find_in_ring(word, record, block, &front, &back) ? 0 : count; break;
    case CDPDK_OPERATION_SHARED_ENQUEUE:
    case CDPDK_OPERATION_SHARED_DEQUEUE: {
        int side = operation == CDPDK_OPERATION_SHARED_ENQUEUE ? CDPDK_MOVE_PUT : CDPDK_MOVE_TAKE;
        struct rte_ring *ring = object < CDPDK_REGISTRY_OBJECTS ? ring_of(object) : NULL;
        if (ring == NULL) {
            doubt = count;
            break;
        }
        const struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, object, side);
        union __rte_ring_hts_pos now = {.raw = __atomic_load_n(&ring_side(ring, side)->ht.raw, __ATOMIC_ACQUIRE)};
        uint32_t at = (uint32_t)cdpdk_load_relaxed_64(&record->address);
        uint32_t number = is_pool(object) ? (uint32_t)cdpdk_load_relaxed_64(&move->what) : p;
        bool done = is_pool(object) ? was_done(move, ring, side) : !is_within(look->dead, now) || now.pos.tail != at;
        front = side == CDPDK_MOVE_PUT && done ? number : 0;
        back = side == CDPDK_MOVE_TAKE && !done ? number : 0;
        break;
    }
    case CDPDK_OPERATION_DROP:
    case CDPDK_OPERATION_TRANSMIT_DROP: doubt = 1; break;
    case CDPDK_OPERATION_GIVE: doubt = p & ~CDPDK_GIVE_SHARED; break;
    default: break;
    }
    /* What a ring was given, or gave, is no driver's. */
    int32_t unsure = object < CDPDK_REGISTRY_OBJECTS && is_pool(object) ? CDPDK_FOUND_IN_DOUBT : CDPDK_FOUND_LOST;
    /* What a record claims of a ring cannot be right if it is more than is listed. */
    if (front > count || back > count - front || doubt > count)
        front = back = 0, doubt = count;
    for (uint32_t i = front; i < count - back; i++) {
        void *segment = (void *)(uintptr_t)cdpdk_load_relaxed_64(entries + first + i);
        bool is_last = operation == CDPDK_OPERATION_RECEIVE || operation == CDPDK_OPERATION_TAKE;
        bool in_call = is_last ? i + p >= count : operation == CDPDK_OPERATION_TRANSMIT && i < p;
        bool takes = operation == CDPDK_OPERATION_TAKE && in_call;
        int32_t how = takes || (operation == CDPDK_OPERATION_GIVE && p == doubt && i < doubt) ? unsure
                      : i < doubt                                                             ? CDPDK_FOUND_LOST
                                                                                              : CDPDK_FOUND_HELD;
        found_listed(look, segment, takes || !in_call, how);
    }
}

static int64_t visit_records(const struct cdpdk_dead *dead, struct look *look,
                             void (*visit)(uint64_t, struct cdpdk_record *, struct cdpdk_arena_block *, uint64_t *,
                                           void *)) {
    int64_t packets = 0;
    for (uint32_t i = 0; i < dead->chunk_count; i++) {
        int64_t here = dead->chunks[i].memory == NULL
                           ? -1
                           : cdpdk_arena_visit(dead->chunks[i].memory, dead->chunks[i].length, visit, look);
        if (here < 0)
            return -1;
        packets += here;
    }
    return packets;
}

/* How many packets a cache of the dead process had, and whether that is certain. */
static uint32_t length_of(const struct look *look, uint32_t object, uint32_t lcore,
                          const struct rte_mempool_cache *cache, bool *is_certain) {
    uint32_t length = cache->len;
    *is_certain = is_recorded(address_of(object)) || !look->doubts;
    for (int side = CDPDK_MOVE_PUT; side <= CDPDK_MOVE_TAKE; side++) {
        const struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, object, side);
        uint64_t what = cdpdk_load_relaxed_64(&move->what);
        if (cdpdk_load_relaxed_64(&move->owner) != look->dead->holder || (what & CDPDK_MOVE_CACHE) == 0 ||
            (what >> 32 & 0xffff) != lcore)
            continue;
        uint32_t before = (uint32_t)(move->at >> 32), number = (uint32_t)what;
        bool done = was_done(move, ring_of(object), side);
        length = !done ? before : side == CDPDK_MOVE_PUT ? before - number : before + number;
    }
    for (uint32_t i = 0; i < look->note_count; i++) {
        uint32_t noted = (uint32_t)look->notes[i];
        if ((look->notes[i] >> 32 & 0xffff) != lcore)
            continue;
        if (look->notes[i] >> 48 == object + 1) {
            *is_certain = (noted & CDPDK_NOTE_IN_DOUBT) == 0;
            length = noted & CDPDK_NOTE_LENGTH;
            return *is_certain ? length : RTE_MAX(length, cache->flushthresh);
        }
        if ((noted & CDPDK_NOTE_OTHERS) != 0)
            *is_certain = false;
    }
    return length;
}

static bool has_lcore(const struct cdpdk_dead *dead, uint32_t lcore) {
    return lcore < 128 && (dead->lcores[lcore / 64] >> lcore % 64 & 1) != 0;
}

/* Calls `body` with each cache of the dead process. */
static void each_cache(struct look *look,
                       void (*body)(struct look *, uint32_t object, uint32_t lcore, struct rte_mempool_cache *)) {
    for (uint32_t object = 0; object < CDPDK_REGISTRY_OBJECTS; object++) {
        if (!is_pool(object))
            continue;
        struct rte_mempool *pool = address_of(object);
        if (pool->cache_size == 0)
            continue;
        for (uint32_t lcore = 0; lcore < RTE_MAX_LCORE; lcore++)
            if (has_lcore(look->dead, lcore))
                body(look, object, lcore, pool->local_cache + lcore);
    }
}

static void count_cached(struct look *look, uint32_t object, uint32_t lcore, struct rte_mempool_cache *cache) {
    bool is_certain;
    uint32_t length = length_of(look, object, lcore, cache, &is_certain);
    if (length > CACHE_ROOM)
        look->is_damaged = true;
    else
        look->room += length;
}

static void look_into_cache(struct look *look, uint32_t object, uint32_t lcore, struct rte_mempool_cache *cache) {
    bool is_certain;
    uint32_t length = RTE_MIN(length_of(look, object, lcore, cache, &is_certain), (uint32_t)CACHE_ROOM);
    for (uint32_t i = 0; i < length; i++) {
        if (cache->objs[i] == NULL)
            continue;
        bool sound = pool_of(cache->objs[i], object) == object;
        found(look, cache->objs[i], object,
              !sound       ? CDPDK_FOUND_LOST
              : is_certain ? CDPDK_FOUND_FREE
                           : CDPDK_FOUND_IN_DOUBT);
    }
}

int64_t cdpdk_sweep_look(const struct cdpdk_dead *dead,
                         void (*visit)(void *segment, uint32_t pool, int32_t how, void *context), void *context) {
    struct look look = {.dead = dead, .visit = visit, .context = context, .last_pool = -1};
    int64_t count = -1;
    find_pools();
    if (visit_records(dead, &look, count_segments) < 0)
        goto end;
    each_cache(&look, count_cached);
    if (look.is_damaged)
        goto end;
    /* Packets of many segments need more room than is listed: as much as all pools together have at most. */
    uint64_t all = 0;
    for (uint32_t object = 0; object < CDPDK_REGISTRY_OBJECTS; object++)
        if (is_pool(object))
            all += ((struct rte_mempool *)address_of(object))->size;
    look.room += all;
    uint64_t size = 64;
    while (size < 2 * look.room)
        size *= 2;
    look.set.mask = size - 1;
    look.set.segments = calloc(size, sizeof(void *));
    if (look.set.segments == NULL)
        goto end;
    /* Caches first: what is free counts as free. */
    each_cache(&look, look_into_cache);
    visit_records(dead, &look, judge);
    count = look.is_damaged ? -1 : (int64_t)look.set.count;
end:
    free(look.set.segments);
    free(look.notes);
    return count;
}

struct count {
    struct cdpdk_pool *pool;
    int64_t packets;
};

static void count_listed(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block, uint64_t *entries,
                         void *context) {
    struct count *count = context;
    uint32_t front = 0, back = 0, operation = cdpdk_word_operation(word);
    if (operation == CDPDK_OPERATION_ENQUEUE || operation == CDPDK_OPERATION_DEQUEUE)
        find_in_ring(word, record, block, &front, &back);
    for (uint32_t i = front; i < cdpdk_word_count(word) - back; i++) {
        uint64_t entry = cdpdk_load_relaxed_64(entries + cdpdk_word_first(word) + i);
        count->packets += cdpdk_pool_contains(count->pool, (void *)(uintptr_t)entry);
    }
}

int64_t cdpdk_sweep_count(const struct cdpdk_dead *process, struct cdpdk_pool *pool) {
    struct count count = {.pool = pool};
    for (uint32_t i = 0; i < process->chunk_count; i++)
        if (cdpdk_arena_visit(process->chunks[i].memory, process->chunks[i].length, count_listed, &count) < 0)
            return -1;
    return count.packets;
}

/* MARK: - Changes */

/* Packets that are free, and are listed nowhere but here. */
static struct {
    struct rte_mbuf **free;
    uint64_t count, room;
} owed;

/* Whether packets of a pool can be put into it by this thread, which is no lcore and must wait for nobody. */
static bool takes_back(const struct rte_mempool *pool) {
    const char *ops = rte_mempool_get_ops(pool->ops_index)->name;
    return strcmp(ops, "ring_mt_hts") == 0 || strcmp(ops, "ring_mp_mc") == 0 || strcmp(ops, "ring_mt_rts") == 0 ||
           strcmp(ops, "lf_stack") == 0;
}

/* False if the packet cannot be put back. */
static bool owe(struct rte_mbuf *mbuf) {
    if (!takes_back(mbuf->pool))
        return false;
    if (owed.count == owed.room) {
        uint64_t room = owed.room * 2 + 1024;
        struct rte_mbuf **larger = realloc(owed.free, room * sizeof *larger);
        if (larger == NULL)
            return false;
        owed.free = larger;
        owed.room = room;
    }
    owed.free[owed.count++] = mbuf;
    return true;
}

/* Puts packets into a ring at which nobody else is, so that there is nobody to wait for. */
static bool put_first(struct rte_ring *ring, void **mbufs, uint32_t number) {
    union cdpdk_ends *ends = cdpdk_shared_ends((struct cdpdk_ring *)ring, true);
    uint64_t old = cdpdk_load_acquire_64(&ends->both);
    uint32_t position = (uint32_t)old;
    if (position != old >> 32 ||
        ring->capacity + __atomic_load_n(&ring->cons.tail, __ATOMIC_ACQUIRE) - position < number ||
        !cdpdk_compare_exchange_64(&ends->both, old, (old >> 32 << 32) | (uint32_t)(position + number)))
        return false;
    for (uint32_t i = 0; i < number; i++)
        ((void **)&ring[1])[(position + i) & ring->mask] = mbufs[i];
    cdpdk_store_release_32(&ends->at.tail, position + number);
    return true;
}

/* Puts packets into a pool whose moves are not recorded. False if that might wait for the dead. */
static bool put_otherwise(struct rte_mempool *pool, void **mbufs, uint32_t number) {
    const char *ops = rte_mempool_get_ops(pool->ops_index)->name;
    struct rte_ring *ring = pool->pool_data;
    if (strcmp(ops, "ring_mp_mc") == 0)
        return put_first(ring, mbufs, number);
    if (strcmp(ops, "ring_mt_rts") == 0 && ring->rts_prod.head.val.pos != ring->rts_prod.tail.val.pos)
        return false;
    return rte_mempool_ops_enqueue_bulk(pool, mbufs, number) == 0;
}

void cdpdk_sweep_rest(void) {
    uint64_t kept = 0;
    for (uint64_t at = 0; at < owed.count;) {
        struct rte_mempool *pool = owed.free[at]->pool;
        uint32_t number = 1;
        while (number < 512 && at + number < owed.count && owed.free[at + number]->pool == pool)
            number++;
        const struct known_pool *known = cdpdk_known_pool(pool);
        void **mbufs = (void **)(owed.free + at);
        if (!(known->ring != NULL ? cdpdk_put_raw(known, mbufs, number) : put_otherwise(pool, mbufs, number))) {
            memmove(owed.free + kept, mbufs, number * sizeof *mbufs);
            kept += number;
        }
        at += number;
    }
    owed.count = kept;
}

/* Packets of the calls of drivers in which processes died. They come back when the drivers have let go of them. */
static struct {
    struct doubtful {
        struct rte_mbuf *mbuf;
        uint64_t holder;
        uint32_t pool;
        bool is_referred;
    } * all;
    uint64_t count, room;
} doubtful;

static void remember(struct rte_mbuf *mbuf, uint32_t pool, uint64_t holder) {
    if (doubtful.count == doubtful.room) {
        uint64_t room = doubtful.room * 2 + 256;
        struct doubtful *larger = realloc(doubtful.all, room * sizeof *larger);
        if (larger == NULL)
            return;
        doubtful.all = larger;
        doubtful.room = room;
    }
    doubtful.all[doubtful.count++] = (struct doubtful){mbuf, holder, pool, false};
}

static void count_doubtful(uint32_t pool, int64_t more) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, pool, CDPDK_MOVE_PUT);
    cdpdk_store_relaxed_64(&move->held, cdpdk_load_relaxed_64(&move->held) + (uint64_t)more);
}

void cdpdk_doubtful_refer(uint64_t holder) {
    find_pools();
    for (struct doubtful *one = doubtful.all; one < doubtful.all + doubtful.count; one++)
        if (one->holder == holder && !one->is_referred && pool_of(one->mbuf, one->pool) == one->pool) {
            rte_mbuf_refcnt_update(one->mbuf, 1);
            one->is_referred = true;
        }
}

uint64_t cdpdk_doubtful_end(uint64_t holder, bool come_back) {
    uint64_t kept = 0, returned = 0;
    find_pools();
    for (uint64_t i = 0; i < doubtful.count; i++) {
        struct doubtful one = doubtful.all[i];
        if (one.holder != holder) {
            doubtful.all[kept++] = one;
            continue;
        }
        if (!come_back || pool_of(one.mbuf, one.pool) != one.pool)
            continue;
        one.mbuf->next = NULL;
        one.mbuf->nb_segs = 1;
        rte_mbuf_refcnt_set(one.mbuf, 1);
        if (owe(one.mbuf)) {
            count_doubtful(one.pool, -1);
            returned++;
        }
    }
    doubtful.count = kept;
    cdpdk_sweep_rest();
    return returned;
}

struct swept {
    uint64_t holder;
    struct rte_mbuf **held;
    uint64_t held_count, room, returned, lost;
    bool is_short;
};

static void keep(void *segment, uint32_t pool, int32_t how, void *context) {
    struct swept *swept = context;
    if (how == CDPDK_FOUND_LOST || how == CDPDK_FOUND_IN_DOUBT) {
        swept->lost++;
        if (pool < CDPDK_REGISTRY_OBJECTS)
            count_doubtful(pool, 1);
        if (how == CDPDK_FOUND_IN_DOUBT)
            remember(segment, pool, swept->holder);
        return;
    }
    if (swept->held_count == swept->room) {
        swept->room = swept->room * 2 + 1024;
        struct rte_mbuf **larger = realloc(swept->held, swept->room * sizeof *larger);
        if (larger == NULL) {
            swept->is_short = true;
            return;
        }
        swept->held = larger;
    }
    /* The lowest bit tells those that are free. */
    swept->held[swept->held_count++] = (struct rte_mbuf *)((uintptr_t)segment | (how == CDPDK_FOUND_FREE));
}

static void empty_cache(struct look *look, uint32_t object, uint32_t lcore, struct rte_mempool_cache *cache) {
    (void)look, (void)object, (void)lcore;
    __atomic_store_n(&cache->len, 0, __ATOMIC_RELEASE);
}

/* Ends of a ring that were not equal at the first look for a dead process, and name nobody. A driver of the primary, a
 * program in C or another thread may be moving there; if it was the dead process, they stand still. */
struct pending {
    uint64_t holder;  /* the dead process */
    const void *ends; /* null: marks that its first look is over */
    uint64_t raw;
    uint32_t lead; /* the head at the first look */
    uint32_t looks;
    uint64_t since, last;
    enum { UNSETTLED, OTHERS, ITS } verdict;
};
static struct pending *pending;
static uint32_t pending_count, pending_room;
static bool pending_is_short;

static struct pending *pending_of(const struct cdpdk_dead *dead, const void *ends) {
    for (uint32_t i = 0; i < pending_count; i++)
        if (pending[i].holder == dead->holder && pending[i].ends == ends)
            return pending + i;
    return NULL;
}

/* Null if there is no memory. */
static struct pending *make_pending(const struct cdpdk_dead *dead, const void *ends, uint64_t raw, uint32_t lead) {
    if (pending_count == pending_room) {
        struct pending *larger = realloc(pending, (pending_room + 64) * sizeof *larger);
        pending_is_short |= larger == NULL;
        if (larger == NULL)
            return NULL;
        pending = larger;
        pending_room += 64;
    }
    uint64_t now = rte_rdtsc();
    pending[pending_count] =
        (struct pending){.holder = dead->holder, .ends = ends, .raw = raw, .lead = lead, .since = now, .last = now};
    return pending + pending_count++;
}

static void forget(const struct cdpdk_dead *dead) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pending_count; i++)
        if (pending[i].holder != dead->holder)
            pending[kept++] = pending[i];
    pending_count = kept;
}

/* The first look is over, unless it could not note everything. */
static void end_first_look(const struct cdpdk_dead *dead) {
    if (pending_of(dead, NULL) == NULL)
        make_pending(dead, NULL, 0, 0);
    if (pending_is_short)
        forget(dead);
    pending_is_short = false;
}

/* Whether ends have stood still for 100 ms in many looks: whoever moves there by itself is done by then, and looks that
 * are far apart may have missed that it was stopped. */
static bool stands_still(struct pending *mine, uint64_t raw) {
    uint64_t now = rte_rdtsc(), ms = rte_get_tsc_hz() / 1000;
    if (mine->raw != raw || now - mine->last > 200 * ms) {
        mine->raw = raw;
        mine->since = now;
        mine->looks = 0;
    }
    mine->last = now;
    return ++mine->looks >= 8 && now - mine->since > 100 * ms;
}

/* The pending ends, which are made at the first look. Null if they were equal then, or if there is no memory. */
static struct pending *look_at(const struct cdpdk_dead *dead, const void *ends, uint64_t raw, uint32_t lead) {
    struct pending *mine = pending_of(dead, ends);
    return mine == NULL && pending_of(dead, NULL) == NULL ? make_pending(dead, ends, raw, lead) : mine;
}

static int verdict_on(struct pending *mine, bool are_others, uint64_t raw) {
    if (mine == NULL)
        return pending_is_short ? UNSETTLED : OTHERS;
    if (are_others)
        mine->verdict = OTHERS;
    else if (mine->verdict == UNSETTLED && stands_still(mine, raw))
        mine->verdict = ITS;
    return mine->verdict;
}

/* Whose the exchange of an HTS side is that is between its head and its tail. A dead process's never changes. */
static int judge_exchange(const struct cdpdk_dead *dead, const void *ends, uint64_t raw) {
    struct pending *mine = look_at(dead, ends, raw, 0);
    return verdict_on(mine, mine != NULL && mine->raw != raw, raw);
}

/* Whether the dead process blocks a side on which many may be at once: ITS if the tail has stopped before the head at
 * the first look. */
static int judge_side(const struct cdpdk_dead *dead, const void *ends, uint32_t head, uint32_t tail) {
    struct pending *mine = look_at(dead, ends, tail, head);
    return verdict_on(mine, mine != NULL && (int32_t)(tail - mine->lead) >= 0, tail);
}

static void undo(struct rte_ring_hts_headtail *ends, union __rte_ring_hts_pos now) {
    union __rte_ring_hts_pos undone = {.pos = {.head = now.pos.tail, .tail = now.pos.tail}};
    __atomic_compare_exchange_n(&ends->ht.raw, &now.raw, undone.raw, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Undoes moves that nobody has recorded: a driver in the dead process was in the middle of them. False if it is too
 * early to say that none of the living is. */
static bool settle_drivers(const struct cdpdk_dead *dead, bool may_have_moved, bool changes) {
    bool done = true;
    for (uint32_t object = 0; may_have_moved && object < CDPDK_REGISTRY_OBJECTS; object++) {
        struct rte_ring *ring = is_pool(object) ? ring_of(object) : NULL;
        for (int side = CDPDK_MOVE_PUT; ring != NULL && side <= CDPDK_MOVE_TAKE; side++) {
            struct rte_ring_hts_headtail *ends = ring_side(ring, side);
            union __rte_ring_hts_pos now = {.raw = __atomic_load_n(&ends->ht.raw, __ATOMIC_ACQUIRE)};
            const struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, object, (uint32_t)side);
            uint64_t owner = cdpdk_load_acquire_64(&move->owner);
            /* What another process's driver moves is settled by that process, or by its own sweep. */
            bool is_others =
                owner != 0 && owner != dead->holder && (cdpdk_load_relaxed_64(&move->what) & CDPDK_MOVE_DRIVER) != 0;
            if (now.pos.head == now.pos.tail || is_named(now) || is_others)
                continue;
            int verdict = judge_exchange(dead, ends, now.raw);
            if (verdict == ITS && changes)
                undo(ends, now);
            done = done && verdict != UNSETTLED;
        }
    }
    return done;
}

/* Judges a move of the dead process, if it owns it, and repairs it if `changes` is true. False if it is too early: it
 * was in a driver's call, and the head has moved, which a driver of the primary may have done. */
static bool settle(const struct cdpdk_dead *dead, uint32_t object, int side, bool changes) {
    struct cdpdk_registry_move *move = cdpdk_registry_move(group.registry, object, (uint32_t)side);
    if (cdpdk_load_acquire_64(&move->owner) != dead->holder)
        return true;
    struct rte_ring *ring = ring_of(object);
    uint64_t what = cdpdk_load_relaxed_64(&move->what);
    if (ring != NULL) {
        struct rte_ring_hts_headtail *ends = ring_side(ring, side);
        union __rte_ring_hts_pos now = {.raw = __atomic_load_n(&ends->ht.raw, __ATOMIC_ACQUIRE)};
        bool is_its = is_within(dead, now);
        if (!is_its && (what & CDPDK_MOVE_DRIVER) != 0 && now.pos.head != now.pos.tail) {
            int verdict = judge_exchange(dead, ends, now.raw);
            if (verdict == UNSETTLED && !changes)
                return false;
            is_its = verdict == ITS;
        }
        if (is_its && changes) {
            /* In this order, a move that is looked at again is still one that was not done. */
            cdpdk_store_relaxed_64(&move->what, what & ~CDPDK_MOVE_BEGUN);
            undo(ends, now);
        }
    }
    if (changes) {
        cdpdk_store_relaxed_64(&move->what, 0);
        cdpdk_store_release_64(&move->owner, 0);
    }
    return true;
}

/* Judges, or repairs, all moves of the dead process. */
static bool settle_all(const struct cdpdk_dead *dead, bool changes) {
    bool done = true;
    for (uint32_t object = 0; object < CDPDK_REGISTRY_OBJECTS; object++)
        for (int side = CDPDK_MOVE_PUT; side <= CDPDK_MOVE_TAKE; side++)
            done = settle(dead, object, side, changes) && done;
    return done;
}

/* Marks the sides of rings with many ends that the dead process has left in the middle of an operation. False if it is
 * too early to say. */
static bool mark_blocked(const struct cdpdk_dead *dead) {
    enum { SHARED_PRODUCER = 5, SHARED_CONSUMER = 6 };
    bool done = true;
    for (uint32_t i = 0; i < CDPDK_REGISTRY_CLAIMS; i++) {
        struct cdpdk_registry_claim *claim = cdpdk_registry_claims(group.registry) + i;
        uint32_t end = claim->end, object = claim->object;
        if (cdpdk_load_acquire_64(&claim->holder) != dead->holder || object >= CDPDK_REGISTRY_OBJECTS ||
            (end != SHARED_PRODUCER && end != SHARED_CONSUMER) || is_pool(object))
            continue;
        struct rte_ring *ring = ring_of(object);
        if (ring == NULL || group.objects[object].generation != claim->object_generation)
            continue;
        bool puts = end == SHARED_PRODUCER;
        struct rte_ring_headtail *ends = puts ? &ring->prod : &ring->cons;
        struct rte_ring_rts_headtail *relaxed = puts ? &ring->rts_prod : &ring->rts_cons;
        uint32_t head, tail;
        if (ends->sync_type == RTE_RING_SYNC_MT) {
            head = __atomic_load_n(&ends->head, __ATOMIC_ACQUIRE);
            tail = __atomic_load_n(&ends->tail, __ATOMIC_ACQUIRE);
        } else if (ends->sync_type == RTE_RING_SYNC_MT_RTS) {
            head = relaxed->head.val.pos;
            tail = relaxed->tail.val.pos;
        } else {
            continue;
        }
        uint32_t flag = puts ? CDPDK_OBJECT_PUT_BLOCKED : CDPDK_OBJECT_TAKE_BLOCKED;
        uint32_t flags = cdpdk_load_relaxed_32(&group.objects[object].flags);
        if (head == tail || (flags & flag) != 0)
            continue;
        int verdict = judge_side(dead, ends, head, tail);
        if (verdict == ITS)
            cdpdk_store_release_32(&group.objects[object].flags, flags | flag);
        done = done && verdict != UNSETTLED;
    }
    return done;
}

/* The tail is right: nobody else has an exclusive end before its claim is free, or moves on a side on which the dead
 * process is at it. */
static void repair_ends(const struct cdpdk_dead *dead) {
    enum { PRODUCER = 1, CONSUMER = 2, SHARED_PRODUCER = 5, SHARED_CONSUMER = 6 };
    for (uint32_t i = 0; i < CDPDK_REGISTRY_CLAIMS; i++) {
        struct cdpdk_registry_claim *claim = cdpdk_registry_claims(group.registry) + i;
        if (cdpdk_load_acquire_64(&claim->holder) != dead->holder || claim->object >= CDPDK_REGISTRY_OBJECTS)
            continue;
        struct rte_ring *ring = ring_of(claim->object);
        if (ring == NULL || group.objects[claim->object].generation != claim->object_generation)
            continue;
        if (claim->end == PRODUCER)
            __atomic_store_n(&ring->prod.head, ring->prod.tail, __ATOMIC_RELEASE);
        if (claim->end == CONSUMER)
            __atomic_store_n(&ring->cons.head, ring->cons.tail, __ATOMIC_RELEASE);
        if (claim->end == SHARED_PRODUCER || claim->end == SHARED_CONSUMER) {
            int side = claim->end == SHARED_PRODUCER ? CDPDK_MOVE_PUT : CDPDK_MOVE_TAKE;
            struct rte_ring_hts_headtail *ends = ring_side(ring, side);
            union __rte_ring_hts_pos now = {.raw = __atomic_load_n(&ends->ht.raw, __ATOMIC_ACQUIRE)};
            if (ends->sync_type == RTE_RING_SYNC_MT_HTS && is_within(dead, now))
                undo(ends, now);
        }
    }
}

/* The same for the rings behind queues of net_ring, in which the dead process was. */
static void repair_ring(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block, uint64_t *entries,
                        void *context) {
    uint32_t operation = cdpdk_word_operation(word);
    bool is_in_ring = cdpdk_word_object(word) == CDPDK_OBJECT_BY_ADDRESS &&
                      (operation == CDPDK_OPERATION_ENQUEUE || operation == CDPDK_OPERATION_DEQUEUE);
    struct rte_ring *ring = is_in_ring ? ring_of_record(word, record) : NULL;
    (void)block, (void)entries, (void)context;
    if (ring == NULL)
        return;
    struct rte_ring_headtail *ends = operation == CDPDK_OPERATION_ENQUEUE ? &ring->prod : &ring->cons;
    __atomic_store_n(&ends->head, ends->tail, __ATOMIC_RELEASE);
}

int32_t cdpdk_sweep(uint32_t slot, uint64_t *returned, uint64_t *lost) {
    struct cdpdk_dead process, *dead = &process;
    *returned = *lost = 0;
    find_pools();
    bool sound = cdpdk_sweep_read(slot, dead);
    struct look look = {.dead = dead};
    if (sound)
        sound = visit_records(dead, &look, count_segments) >= 0;
    free(look.notes);
    bool is_settled = settle_all(dead, false);
    is_settled = settle_drivers(dead, look.doubts || !sound, false) && is_settled;
    is_settled = mark_blocked(dead) && is_settled;
    end_first_look(dead);
    if (!is_settled)
        return CDPDK_SWEEP_LATER;
    struct swept swept = {.holder = dead->holder};
    sound = sound && cdpdk_sweep_look(dead, keep, &swept) >= 0 && !swept.is_short;
    settle_all(dead, true);
    settle_drivers(dead, look.doubts || !sound, true);
    /* What is in a cache that cannot be judged is lost, but never left to the next process with the lcore id. */
    each_cache(&look, empty_cache);
    if (sound) {
        for (uint64_t i = 0; i < swept.held_count; i++) {
            bool is_free = ((uintptr_t)swept.held[i] & 1) != 0;
            struct rte_mbuf *mbuf = (struct rte_mbuf *)((uintptr_t)swept.held[i] & ~(uintptr_t)1), *parent = NULL;
            if (is_free) {
                mbuf->next = NULL;
                mbuf->nb_segs = 1;
            } else if (RTE_MBUF_CLONED(mbuf) && pool_of(rte_mbuf_from_indirect(mbuf), -1) < 0) {
                swept.lost++;
                continue;
            } else {
                mbuf = cdpdk_drop_segment(mbuf, false, &parent);
            }
            if (mbuf != NULL && !owe(mbuf))
                swept.lost++;
            if (parent != NULL && !owe(parent))
                swept.lost++;
        }
        *returned = swept.held_count;
        *lost = swept.lost;
    }
    if (!sound)
        cdpdk_doubtful_end(dead->holder, false);
    free(swept.held);
    repair_ends(dead);
    if (sound)
        visit_records(dead, &look, repair_ring);
    forget(dead);
    cdpdk_sweep_rest();
    return sound ? CDPDK_SWEPT : CDPDK_SWEEP_DAMAGED;
}

#endif
