#include "include/judge.h"

#include <rte_config.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CDPDK.h"
#include "stepper.h"

const char *const judge_rule_names[JUDGE_RULES] = {
    [JUDGE_EVERY_RULE] = "none",
    [JUDGE_ONCE] = "once",
    [JUDGE_ENQUEUE] = "enqueue",
    [JUDGE_DEQUEUE] = "dequeue",
    [JUDGE_SHARED_ENQUEUE] = "shared-enqueue",
    [JUDGE_SHARED_DEQUEUE] = "shared-dequeue",
    [JUDGE_BEGUN] = "begun",
    [JUDGE_CACHE] = "cache",
    [JUDGE_NOTES] = "notes",
    [JUDGE_RECEIVE] = "receive",
    [JUDGE_DROP] = "drop",
    [JUDGE_SEGMENTS] = "segments",
    [JUDGE_HAND] = "hand",
};

/* MARK: - What is watched */

enum { POOLS = 8, RINGS = 8, KEPT = 256, SEGMENTS = 4096 };

static struct pool {
    struct rte_mempool *pool;
    struct rte_ring *ring;
    uint32_t object;
    uintptr_t base;
    uint64_t span; /* units of 64 bytes */
    uint16_t *index;
} pools[POOLS];
static struct rte_ring *rings[RINGS];
static struct rte_mbuf *kept[KEPT];
static uint32_t pool_count, ring_count, kept_count, segment_count;
static void *registry;
static bool is_proven[JUDGE_RULES];

/* What is known of a segment at one instant. */
static struct segment {
    struct rte_mbuf *mbuf;
    int32_t references;
    uint16_t places; /* at which it is free */
    uint16_t living; /* references that others than the child have */
    bool is_held;    /* the sweep gives up a reference */
    bool is_given;   /* and it was the last one */
} segments[SEGMENTS];

static struct segment *segment_at(const void *address) {
    for (uint32_t i = 0; i < pool_count; i++) {
        uint64_t unit = ((uintptr_t)address - pools[i].base) / 64;
        if (unit < pools[i].span && ((uintptr_t)address - pools[i].base) % 64 == 0 && pools[i].index[unit] != 0)
            return segments + pools[i].index[unit] - 1;
    }
    return NULL;
}

static void find_bounds(struct rte_mempool *pool, void *opaque, void *object, unsigned number) {
    struct pool *watched = opaque;
    uintptr_t address = (uintptr_t)object;
    if (number == 0 || address < watched->base)
        watched->base = address;
    if (address > watched->span)
        watched->span = address;
}

static void add_segment(struct rte_mempool *pool, void *opaque, void *object, unsigned number) {
    struct pool *watched = opaque;
    segments[segment_count].mbuf = object;
    watched->index[((uintptr_t)object - watched->base) / 64] = (uint16_t)++segment_count;
}

bool judge_watch_pool(const char *name) {
    struct rte_mempool *pool = rte_mempool_lookup(name);
    struct cdpdk_memzone_view zone;
    if (pool == NULL || pool_count == POOLS || segment_count + pool->size > SEGMENTS ||
        cdpdk_memzone_lookup(CDPDK_REGISTRY_ZONE, &zone) != 0)
        return false;
    registry = zone.address;
    struct pool *watched = pools + pool_count;
    *watched = (struct pool){.pool = pool, .ring = pool->pool_data};
    rte_mempool_obj_iter(pool, find_bounds, watched);
    watched->span = (watched->span - watched->base) / 64 + 1;
    watched->index = calloc(watched->span, sizeof *watched->index);
    if (watched->index == NULL)
        return false;
    rte_mempool_obj_iter(pool, add_segment, watched);
    while (cdpdk_registry_addresses(registry)[watched->object] != (uintptr_t)pool)
        if (++watched->object == CDPDK_REGISTRY_OBJECTS)
            return false;
    pool_count++;
    return true;
}

bool judge_watch_ring(const char *name) {
    struct rte_ring *ring = rte_ring_lookup(name);
    if (ring == NULL || ring_count == RINGS)
        return false;
    rings[ring_count++] = ring;
    return true;
}

/* MARK: - Packets for the child */

static struct rte_mempool *pool_named(const char *name) {
    for (uint32_t i = 0; i < pool_count; i++)
        if (strcmp(pools[i].pool->name, name) == 0)
            return pools[i].pool;
    return NULL;
}

static struct rte_mbuf *allocate(struct rte_mempool *pool) {
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
    if (mbuf != NULL)
        rte_pktmbuf_append(mbuf, 60);
    return mbuf;
}

/* Keeps one reference more of a segment. */
static void keep(struct rte_mbuf *mbuf) {
    if (kept_count < KEPT)
        kept[kept_count++] = mbuf;
}

/* Attaches a new packet to another, which the primary keeps or not. */
static struct rte_mbuf *clone(struct rte_mempool *pool, struct rte_mbuf *direct, bool keeps) {
    struct rte_mbuf *mbuf = rte_pktmbuf_alloc(pool);
    rte_pktmbuf_attach(mbuf, direct);
    if (keeps)
        keep(direct);
    else
        rte_pktmbuf_free(direct);
    return mbuf;
}

static struct rte_mbuf *make(enum judge_kind kind, struct rte_mempool *pool, struct rte_mempool *other, uint32_t size) {
    struct rte_mbuf *head = NULL;
    switch (kind) {
    case JUDGE_CLONE: return clone(pool, allocate(other), false);
    case JUDGE_CLONE_KEPT: return clone(pool, allocate(other), true);
    case JUDGE_CLONE_BOTH:
        head = rte_pktmbuf_alloc(pool);
        rte_pktmbuf_attach(head, allocate(other));
        return head;
    case JUDGE_SHARED:
        head = allocate(pool);
        rte_mbuf_refcnt_update(head, 1);
        keep(head);
        return head;
    default: break;
    }
    for (uint32_t i = 0; i < size; i++) {
        struct rte_mempool *its_pool = kind == JUDGE_CHAIN_MIXED && i % 2 == 1 ? other : pool;
        struct rte_mbuf *segment =
            kind == JUDGE_CHAIN_CLONES ? clone(pool, allocate(other), false) : allocate(its_pool);
        if (kind == JUDGE_CHAIN_SHARED && i == 1) {
            rte_mbuf_refcnt_update(segment, 1);
            keep(segment);
        }
        if (head == NULL)
            head = segment;
        else
            rte_pktmbuf_chain(head, segment);
    }
    return head;
}

bool judge_give(const char *name, enum judge_kind kind, const char *pool_name, const char *other_name, uint32_t size,
                uint32_t count) {
    struct rte_ring *ring = rte_ring_lookup(name);
    struct rte_mempool *pool = pool_named(pool_name), *other = pool_named(other_name);
    if (ring == NULL || pool == NULL || other == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct rte_mbuf *mbuf = make(kind, pool, other, size);
        if (mbuf == NULL || rte_ring_enqueue(ring, mbuf) != 0)
            return false;
        if (kind == JUDGE_CLONE_BOTH && rte_ring_enqueue(ring, rte_mbuf_from_indirect(mbuf)) != 0)
            return false;
    }
    return true;
}

void judge_free_kept(void) {
    while (kept_count > 0)
        rte_pktmbuf_free_seg(kept[--kept_count]);
}

bool judge_all_are_free(void) {
    for (uint32_t i = 0; i < pool_count; i++)
        if (!rte_mempool_full(pools[i].pool))
            return false;
    return true;
}

/* MARK: - One instant */

/* What is wrong, for people. Only the first thing is kept. */
struct verdict {
    uint32_t wrong;
    char text[256];
};

static __attribute__((format(printf, 3, 4))) void object(struct verdict *verdict, const struct rte_mbuf *mbuf,
                                                         const char *format, ...) {
    if (verdict->wrong++ > 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(verdict->text, sizeof verdict->text, format, arguments);
    va_end(arguments);
    if (mbuf != NULL && length >= 0 && (size_t)length < sizeof verdict->text)
        snprintf(verdict->text + length, sizeof verdict->text - (size_t)length, " (%s of %s, count %u)",
                 RTE_MBUF_CLONED(mbuf) ? "clone" : "segment", mbuf->pool->name, rte_mbuf_refcnt_read(mbuf));
}

/* A place at which a segment is free. `is_sound`: whoever takes it relies on its fields. */
static void is_free(struct verdict *verdict, const void *address, const char *place, bool is_sound) {
    struct segment *segment = segment_at(address);
    if (segment == NULL) {
        object(verdict, NULL, "%p, which is no packet, is in %s", address, place);
        return;
    }
    const struct rte_mbuf *mbuf = segment->mbuf;
    segment->places++;
    if (rte_mbuf_refcnt_read(mbuf) != 1 || !RTE_MBUF_DIRECT(mbuf) ||
        (is_sound && (mbuf->next != NULL || mbuf->nb_segs != 1)))
        object(verdict, mbuf, "one is free in %s, but not as a free one has to be", place);
}

/* A reference of a packet that others than the child have. */
static void lives(struct verdict *verdict, const struct rte_mbuf *mbuf, const char *place) {
    uint32_t more = 1;
    for (bool is_first = true; mbuf != NULL && more > 0; mbuf = mbuf->next, more--, is_first = false) {
        struct segment *segment = segment_at(mbuf);
        if (segment == NULL) {
            object(verdict, NULL, "%p, which is no packet, is in %s", (const void *)mbuf, place);
            return;
        }
        if (is_first)
            more = mbuf->nb_segs;
        segment->living++;
    }
}

struct look {
    struct verdict *verdict;
    bool takes_held, takes_free;
};

static void note(void *address, uint32_t pool, int32_t how, void *context) {
    struct look *look = context;
    struct segment *segment = segment_at(address);
    if (segment == NULL) {
        object(look->verdict, NULL, "the sweep finds %p, which is no packet", address);
    } else if (how == CDPDK_FOUND_FREE && look->takes_free) {
        is_free(look->verdict, address, "a cache of the child", false);
    } else if (how == CDPDK_FOUND_HELD && look->takes_held) {
        segment->references--;
        segment->is_held = true;
    } else if (how == CDPDK_FOUND_IN_DOUBT && look->takes_held) {
        /* It comes back, since the drivers that run here keep none. */
        is_free(look->verdict, address, "a driver's call", false);
    }
}

static bool belongs(const struct cdpdk_dead *child, unsigned lcore) {
    return lcore < 128 && (child->lcores[lcore / 64] >> lcore % 64 & 1) != 0;
}

static void look_into_ring(struct verdict *verdict, struct rte_ring *ring, bool is_pool, const char *name) {
    void **slots = (void **)&ring[1];
    uint32_t tail = ring->cons.tail, count = ring->prod.tail - tail;
    if (count > ring->capacity) {
        object(verdict, NULL, "%s holds %u packets of %u", name, count, ring->capacity);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (is_pool)
            is_free(verdict, slots[(tail + i) & ring->mask], name, true);
        else
            lives(verdict, slots[(tail + i) & ring->mask], name);
    }
}

struct search {
    uint64_t address;
    bool is_found;
};

static void search_record(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block,
                          uint64_t *entries, void *context) {
    struct search *search = context;
    bool moves =
        cdpdk_word_operation(word) == CDPDK_OPERATION_ENQUEUE || cdpdk_word_operation(word) == CDPDK_OPERATION_DEQUEUE;
    if (moves && cdpdk_word_object(word) == CDPDK_OBJECT_BY_ADDRESS && record->address == search->address)
        search->is_found = true;
}

/* The head of a driver's ring, at which the next holder of the queue would go on, is mended only for a record. */
static void look_for_mending(struct verdict *verdict, const struct cdpdk_dead *child, const struct rte_ring *ring) {
    struct search search = {.address = (uintptr_t)ring};
    if (ring->prod.head == ring->prod.tail && ring->cons.head == ring->cons.tail)
        return;
    for (uint32_t i = 0; i < child->chunk_count; i++)
        cdpdk_arena_visit(child->chunks[i].memory, child->chunks[i].length, search_record, &search);
    if (!search.is_found)
        object(verdict, NULL, "a head of %s is not at its tail, and no record says so", ring->name);
}

/* A head that is not at its tail blocks all others. */
static void look_for_blocks(struct verdict *verdict, const struct cdpdk_dead *child, struct rte_ring *ring,
                            const char *name) {
    uint32_t number = 0;
    bool is_of_pool = false;
    while (number < CDPDK_REGISTRY_OBJECTS && cdpdk_registry_addresses(registry)[number] != (uintptr_t)ring)
        number++;
    for (uint32_t i = 0; i < pool_count; i++)
        if (pools[i].ring == ring) {
            number = pools[i].object;
            is_of_pool = true;
        }
    if (number == CDPDK_REGISTRY_OBJECTS)
        look_for_mending(verdict, child, ring);
    for (int side = CDPDK_MOVE_PUT; side <= CDPDK_MOVE_TAKE; side++) {
        struct rte_ring_hts_headtail *ends = side == CDPDK_MOVE_PUT ? &ring->hts_prod : &ring->hts_cons;
        if (ends->sync_type != RTE_RING_SYNC_MT_HTS || ends->ht.pos.head == ends->ht.pos.tail)
            continue;
        const struct cdpdk_registry_move *move = cdpdk_registry_move(registry, number, (uint32_t)side);
        bool is_owned = is_of_pool && move->owner == child->holder;
        bool is_named = ends->ht.pos.head - ends->ht.pos.tail == cdpdk_shared_token(child->holder);
        if (is_named ? is_of_pool && !is_owned : !is_owned || (move->what & CDPDK_MOVE_DRIVER) == 0)
            object(verdict, NULL, "%s is blocked, and nothing says by whom", name);
    }
}

/* Gives a segment back if its last reference was given up, and with it the one that it is attached to. */
static void give_back(struct verdict *verdict, struct segment *segment) {
    while (segment->references == 0 && !segment->is_given) {
        segment->is_given = true;
        segment->places++;
        if (!RTE_MBUF_CLONED(segment->mbuf))
            return;
        const struct rte_mbuf *mbuf = segment->mbuf;
        segment = segment_at(rte_mbuf_from_indirect((struct rte_mbuf *)(uintptr_t)mbuf));
        if (segment == NULL) {
            object(verdict, mbuf, "one is attached to nothing that is known");
            return;
        }
        segment->references--;
    }
}

static void judge(const struct cdpdk_dead *child, uint32_t may_lose, bool counts_once, struct verdict *verdict) {
    for (uint32_t i = 0; i < segment_count; i++) {
        segments[i].places = segments[i].living = 0;
        segments[i].is_held = segments[i].is_given = false;
        segments[i].references = rte_mbuf_refcnt_read(segments[i].mbuf);
    }
    for (uint32_t i = 0; i < pool_count; i++) {
        look_into_ring(verdict, pools[i].ring, true, pools[i].pool->name);
        look_for_blocks(verdict, child, pools[i].ring, pools[i].pool->name);
        for (unsigned lcore = 0; lcore < RTE_MAX_LCORE && pools[i].pool->cache_size > 0; lcore++) {
            const struct rte_mempool_cache *cache = pools[i].pool->local_cache + lcore;
            for (uint32_t at = 0; at < cache->len && !belongs(child, lcore); at++)
                is_free(verdict, cache->objs[at], "another cache", true);
        }
    }
    for (uint32_t i = 0; i < ring_count; i++) {
        look_into_ring(verdict, rings[i], false, rings[i]->name);
        look_for_blocks(verdict, child, rings[i], rings[i]->name);
    }
    for (uint32_t i = 0; i < kept_count; i++)
        segment_at(kept[i])->living++;
    struct look look = {verdict, true, true};
    int64_t found;
    if (counts_once) {
        found = cdpdk_sweep_look(child, note, &look);
    } else {
        struct cdpdk_dead lists = *child;
        lists.lcores[0] = lists.lcores[1] = 0;
        look.takes_held = false;
        found = cdpdk_sweep_look(child, note, &look);
        look.takes_held = true;
        if (found >= 0)
            found = cdpdk_sweep_look(&lists, note, &look);
    }
    if (found < 0) {
        object(verdict, NULL, "the sweep finds the records damaged");
        return;
    }
    for (uint32_t i = 0; i < segment_count; i++)
        if (segments[i].is_held)
            give_back(verdict, segments + i);
    for (uint32_t i = 0; i < segment_count; i++)
        if (segments[i].living > 0 && segments[i].places == 0 && RTE_MBUF_CLONED(segments[i].mbuf)) {
            struct segment *direct = segment_at(rte_mbuf_from_indirect(segments[i].mbuf));
            if (direct != NULL)
                direct->living++;
        }
    uint32_t lost = 0;
    const struct rte_mbuf *first = NULL;
    for (uint32_t i = 0; i < segment_count; i++) {
        const struct segment *segment = segments + i;
        if (segment->places > 1)
            object(verdict, segment->mbuf, "one is free at %u places", segment->places);
        else if (segment->places == 1 && segment->living > 0)
            object(verdict, segment->mbuf, "one is free, but %u others have it", segment->living);
        else if (segment->places == 0 && segment->living > 0 && segment->references < segment->living)
            object(verdict, segment->mbuf, "%u others have one, whose count would be %d", segment->living,
                   segment->references);
        else if (segment->places == 0 && (segment->living == 0 || segment->references > segment->living) && lost++ == 0)
            first = segment->mbuf;
    }
    if (lost > may_lose)
        object(verdict, first, "%u of at most %u are lost, the first of which is one", lost, may_lose);
}

/* MARK: - Leaving out rules */

/* Words that were changed to leave a rule out. The child is stopped meanwhile. */
static struct { uint64_t *word, before; } changes[512];
static uint32_t change_count;

static void change(uint64_t *word, uint64_t value) {
    if (*word == value || change_count == RTE_DIM(changes))
        return;
    changes[change_count].word = word;
    changes[change_count++].before = *word;
    *word = value;
}

static void change_record(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block,
                          uint64_t *entries, void *context) {
    static const uint8_t operations[JUDGE_RULES] = {
        [JUDGE_ENQUEUE] = CDPDK_OPERATION_ENQUEUE,
        [JUDGE_DEQUEUE] = CDPDK_OPERATION_DEQUEUE,
        [JUDGE_SHARED_ENQUEUE] = CDPDK_OPERATION_SHARED_ENQUEUE,
        [JUDGE_SHARED_DEQUEUE] = CDPDK_OPERATION_SHARED_DEQUEUE,
        [JUDGE_RECEIVE] = CDPDK_OPERATION_RECEIVE,
        [JUDGE_DROP] = CDPDK_OPERATION_DROP,
    };
    enum judge_rule rule = *(enum judge_rule *)context;
    (void)word;
    uint32_t first = cdpdk_word_first(record->word), count = cdpdk_word_count(record->word);
    uint32_t operation = cdpdk_word_operation(record->word), p = cdpdk_word_p(record->word);
    if (rule == JUDGE_NOTES && block != NULL)
        change(block->notes, 0);
    if (rule == JUDGE_HAND && block != NULL)
        change(&block->hand, 0);
    if (rule == JUDGE_SEGMENTS && block != NULL && block->kind == CDPDK_BLOCK_CHAIN)
        change(&record->word, 0);
    if (operations[rule] == 0 || operation != operations[rule])
        return;
    if (rule == JUDGE_RECEIVE)
        change(&record->word, cdpdk_listed(first, count - p) | cdpdk_operation(CDPDK_OPERATION_TRANSMIT, 0, 0));
    else
        change(&record->word, cdpdk_listed(first, count));
}

static void leave_out(enum judge_rule rule, const struct cdpdk_dead *child) {
    for (uint32_t i = 0; i < child->chunk_count; i++)
        cdpdk_arena_visit(child->chunks[i].memory, child->chunks[i].length, change_record, &rule);
    for (uint32_t i = 0; i < 2 * pool_count && (rule == JUDGE_BEGUN || rule == JUDGE_CACHE); i++) {
        struct cdpdk_registry_move *move = cdpdk_registry_move(registry, pools[i / 2].object, i % 2);
        if (move->owner == child->holder)
            change(&move->what, move->what & ~(rule == JUDGE_BEGUN ? CDPDK_MOVE_BEGUN : CDPDK_MOVE_CACHE));
    }
}

static void put_back(void) {
    while (change_count > 0) {
        change_count--;
        *changes[change_count].word = changes[change_count].before;
    }
}

/* MARK: - All instants of an operation */

bool judge_is_proven(enum judge_rule rule) { return is_proven[rule]; }

static bool is_wrong_without(enum judge_rule rule, const struct cdpdk_dead *child, uint32_t may_lose,
                             struct verdict *verdict) {
    leave_out(rule, child);
    bool applies = change_count > 0 || rule == JUDGE_ONCE || rule == JUDGE_EVERY_RULE;
    if (applies)
        judge(child, may_lose, rule != JUDGE_ONCE, verdict);
    put_back();
    return verdict->wrong > 0;
}

bool judge_step(uint32_t slot, uint32_t may_lose, enum judge_rule left_out, struct judge_result *result) {
    *result = (struct judge_result){0};
    enum { MOST = 5000000 };
    do {
        struct cdpdk_dead child;
        struct verdict verdict = {0};
        if (!cdpdk_sweep_read(slot, &child)) {
            snprintf(result->first, sizeof result->first, "the child's entry in the registry cannot be read");
            return false;
        }
        result->instants++;
        leave_out(left_out, &child);
        judge(&child, may_lose, left_out != JUDGE_ONCE, &verdict);
        put_back();
        if (verdict.wrong > 0 && result->wrong++ == 0) {
            int length =
                snprintf(result->first, sizeof result->first, "instant %u: %s, ", result->instants, verdict.text);
            stepper_describe(result->first + length, sizeof result->first - (size_t)length);
        }
        for (enum judge_rule rule = JUDGE_ONCE; verdict.wrong == 0 && rule < JUDGE_RULES; rule++) {
            struct verdict without = {0};
            is_proven[rule] = is_proven[rule] || is_wrong_without(rule, &child, may_lose, &without);
        }
    } while (result->instants < MOST && stepper_step());
    return stepper_is_paused();
}
