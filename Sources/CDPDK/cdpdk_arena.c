#include "include/cdpdk_arena.h"

#include <sched.h>
#include <string.h>

#define CLASSES 15 /* capacities 1, 2, 4 … 16 384 */
#define SINGLES_PER_BLOCK 1024u
#define ALIGNMENT 64u

_Static_assert(sizeof(struct cdpdk_arena_chunk) == 64, "header of a chunk");
_Static_assert(sizeof(struct cdpdk_arena_block) == 32, "header of a block");

/* The calling process's own arena. */
static struct {
    int lock;
    uint32_t slot;
    uint32_t chunk_count; /* 0: closed */
    struct cdpdk_arena_chunk *chunks[CDPDK_ARENA_CHUNKS];
    struct cdpdk_arena_block *free_blocks[CLASSES]; /* linked through `reserved` */
    void **free_singles;                            /* linked through the entries, lowest bit set */
    uint32_t taken[4];                              /* blocks of each kind, but entries of CDPDK_BLOCK_SINGLES */
} arena;

static void lock(void) {
    unsigned turns = 0;
    while (__atomic_exchange_n(&arena.lock, 1, __ATOMIC_ACQUIRE) != 0)
        while (__atomic_load_n(&arena.lock, __ATOMIC_RELAXED) != 0)
            /* The thread that holds the lock may be waiting for this CPU. */
            if (++turns % 64 == 0)
                sched_yield();
            else
                cdpdk_pause();
}

static void unlock(void) { __atomic_store_n(&arena.lock, 0, __ATOMIC_RELEASE); }

static void start_chunk(void *memory, uint32_t number) {
    struct cdpdk_arena_chunk *chunk = memory;
    cdpdk_store_relaxed_64(&chunk->magic, 0);
    cdpdk_signal_fence();
    cdpdk_store_relaxed_32(&chunk->format, CDPDK_ARENA_FORMAT);
    cdpdk_store_relaxed_32(&chunk->size, cdpdk_arena_chunk_size(number));
    cdpdk_store_relaxed_32(&chunk->slot, arena.slot);
    cdpdk_store_relaxed_32(&chunk->number, number);
    cdpdk_store_relaxed_32(&chunk->used, 2 * ALIGNMENT);
    cdpdk_store_release_64(&chunk->magic, CDPDK_ARENA_MAGIC);
    arena.chunks[number] = chunk;
}

static uint32_t class_of(uint32_t capacity) {
    uint32_t class = 0;
    while ((1u << class) < capacity)
        class ++;
    return class;
}

/* Makes a block of 1 << class entries at the end of a chunk that has room. Null if none has. The lock is held. */
static struct cdpdk_arena_block *new_block(uint32_t class) {
    uint32_t capacity = 1u << class;
    uint32_t size = (uint32_t)sizeof(struct cdpdk_arena_block) + capacity * (uint32_t)sizeof(void *);
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (uint32_t i = 0; i < arena.chunk_count; i++) {
        struct cdpdk_arena_chunk *chunk = arena.chunks[i];
        uint32_t used = cdpdk_load_relaxed_32(&chunk->used);
        if (cdpdk_arena_chunk_size(i) - used < size)
            continue;
        struct cdpdk_arena_block *block = (struct cdpdk_arena_block *)((char *)chunk + used);
        cdpdk_store_relaxed_32(&block->kind, CDPDK_BLOCK_FREE);
        cdpdk_store_relaxed_32(&block->size, size);
        cdpdk_store_relaxed_32(&block->capacity, capacity);
        cdpdk_store_relaxed_64(&block->span, 0);
        cdpdk_store_release_32(&chunk->used, used + size);
        return block;
    }
    return NULL;
}

/* A free block of 1 << class entries that lists nothing. Null if the arena is full. The lock is held. */
static struct cdpdk_arena_block *free_block(uint32_t class) {
    struct cdpdk_arena_block *block = arena.free_blocks[class];
    if (block == NULL)
        return new_block(class);
    arena.free_blocks[class] = (struct cdpdk_arena_block *)(uintptr_t)block->reserved;
    cdpdk_store_relaxed_64(&block->span, 0);
    return block;
}

/* From here on, readers see the block as one of this kind. */
static void begin_block(struct cdpdk_arena_block *block, uint32_t kind) {
    cdpdk_signal_fence();
    cdpdk_store_relaxed_32(&block->kind, kind);
}

/* Adds a block of single packets, and its entries to the free ones, if the arena has room. The lock is held. */
static void add_singles(void) {
    struct cdpdk_arena_block *block = free_block(class_of(SINGLES_PER_BLOCK));
    if (block == NULL)
        return;
    void **entries = cdpdk_arena_entries(block);
    for (uint32_t i = 0; i < SINGLES_PER_BLOCK; i++) {
        uintptr_t next = (uintptr_t)(i + 1 < SINGLES_PER_BLOCK ? entries + i + 1 : arena.free_singles);
        cdpdk_store_relaxed_64((uint64_t *)(entries + i), next | 1);
    }
    /* Only now that all entries are written: a burst that had the block before may have left its packets there. */
    begin_block(block, CDPDK_BLOCK_SINGLES);
    arena.free_singles = entries;
}

void cdpdk_arena_open(void *chunk, uint32_t slot) {
    lock();
    memset(arena.free_blocks, 0, sizeof arena.free_blocks);
    memset(arena.taken, 0, sizeof arena.taken);
    arena.free_singles = NULL;
    arena.slot = slot;
    start_chunk(chunk, 0);
    arena.chunk_count = 1;
    add_singles();
    unlock();
}

bool cdpdk_arena_add_chunk(void *chunk) {
    lock();
    bool room = arena.chunk_count > 0 && arena.chunk_count < CDPDK_ARENA_CHUNKS;
    if (room) {
        start_chunk(chunk, arena.chunk_count);
        arena.chunk_count++;
        add_singles();
    }
    unlock();
    return room;
}

bool cdpdk_arena_close(void) {
    lock();
    bool closes = arena.taken[CDPDK_BLOCK_BURST] == 0 && arena.taken[CDPDK_BLOCK_SINGLES] == 0 &&
                  arena.taken[CDPDK_BLOCK_TRANSMIT_BUFFER] == 0;
    if (closes) {
        arena.chunk_count = 0;
        arena.free_singles = NULL;
    }
    unlock();
    return closes;
}

struct cdpdk_arena_block *cdpdk_arena_take_block(uint32_t kind, uint32_t capacity) {
    if (capacity == 0 || capacity > CDPDK_ARENA_BURST_MAX)
        return NULL;
    lock();
    struct cdpdk_arena_block *block = arena.chunk_count > 0 ? free_block(class_of(capacity)) : NULL;
    if (block != NULL) {
        begin_block(block, kind);
        arena.taken[kind]++;
    }
    unlock();
    return block;
}

void cdpdk_arena_release_block(struct cdpdk_arena_block *block, uint32_t kind, uint32_t capacity) {
    lock();
    cdpdk_store_relaxed_64(&block->span, 0);
    cdpdk_signal_fence();
    cdpdk_store_relaxed_32(&block->kind, CDPDK_BLOCK_FREE);
    uint32_t class = class_of(capacity);
    block->reserved = (uintptr_t)arena.free_blocks[class];
    arena.free_blocks[class] = block;
    arena.taken[kind]--;
    unlock();
}

void **cdpdk_arena_take_single(void) {
    lock();
    if (arena.free_singles == NULL && arena.chunk_count > 0)
        add_singles();
    void **entry = arena.free_singles;
    if (entry != NULL) {
        arena.free_singles = (void **)((uintptr_t)*entry & ~(uintptr_t)1);
        cdpdk_store_relaxed_64((uint64_t *)entry, 0);
        arena.taken[CDPDK_BLOCK_SINGLES]++;
    }
    unlock();
    return entry;
}

void cdpdk_arena_release_single(void **entry) {
    lock();
    cdpdk_store_relaxed_64((uint64_t *)entry, (uintptr_t)arena.free_singles | 1);
    arena.free_singles = entry;
    arena.taken[CDPDK_BLOCK_SINGLES]--;
    unlock();
}

uint32_t cdpdk_arena_taken(uint32_t kind) {
    lock();
    uint32_t count = arena.taken[kind];
    unlock();
    return count;
}

int64_t cdpdk_arena_visit(const void *memory, uint64_t length, void (*visit)(void *mbuf, void *context),
                          void *context) {
    const struct cdpdk_arena_chunk *chunk = memory;
    if (length < 2 * ALIGNMENT || (uintptr_t)memory % ALIGNMENT != 0 ||
        cdpdk_load_acquire_64(&chunk->magic) != CDPDK_ARENA_MAGIC ||
        cdpdk_load_relaxed_32(&chunk->format) != CDPDK_ARENA_FORMAT)
        return -1;
    uint32_t used = cdpdk_load_acquire_32(&chunk->used);
    if (used > length || used < 2 * ALIGNMENT)
        return -1;
    int64_t packets = 0;
    for (uint64_t at = 2 * ALIGNMENT; at < used;) {
        struct cdpdk_arena_block *block = (struct cdpdk_arena_block *)((char *)(uintptr_t)memory + at);
        if (used - at < sizeof *block)
            return -1;
        uint32_t size = cdpdk_load_relaxed_32(&block->size);
        uint32_t capacity = cdpdk_load_relaxed_32(&block->capacity);
        uint32_t kind = cdpdk_load_relaxed_32(&block->kind);
        if (size > used - at || size < sizeof *block || size % ALIGNMENT != 0 ||
            capacity > (size - sizeof *block) / sizeof(void *))
            return -1;
        uint64_t span = cdpdk_load_relaxed_64(&block->span);
        if (kind == CDPDK_BLOCK_FREE)
            span = 0;
        else if (kind == CDPDK_BLOCK_SINGLES)
            span = (uint64_t)capacity << 32; /* every entry */
        uint32_t first = (uint32_t)span, count = (uint32_t)(span >> 32);
        if (first > capacity || count > capacity - first)
            return -1;
        uint64_t *entries = (uint64_t *)cdpdk_arena_entries(block);
        for (uint32_t i = first; i < first + count; i++) {
            uint64_t entry = cdpdk_load_relaxed_64(entries + i);
            if (entry == 0 || (entry & 1) != 0)
                continue;
            packets++;
            if (visit != NULL)
                visit((void *)(uintptr_t)entry, context);
        }
        at += size;
    }
    return packets;
}
