#include "include/cdpdk_arena.h"

#include <sched.h>
#include <stddef.h>
#include <string.h>

#include "include/cdpdk_atomic.h"

#define CLASSES 15 /* capacities 1, 2, 4 … 16 384 */
#define SINGLES_PER_BLOCK 1024u
#define ALIGNMENT 64u

_Static_assert(sizeof(struct cdpdk_arena_chunk) == 64, "header of a chunk");
_Static_assert(sizeof(struct cdpdk_arena_block) == 32, "header of a block");

/* What the calling process knows of its own arena. */
static struct {
    int lock;
    uint32_t slot;
    uint32_t chunk_count; /* 0: closed */
    struct cdpdk_arena_chunk *chunks[CDPDK_ARENA_CHUNKS];
    struct cdpdk_arena_block *free_blocks[CLASSES]; /* linked through `reserved` */
    void **free_singles;                            /* linked through the entries, lowest bit set */
    uint32_t blocks_out[4];
    uint32_t singles_out;
} arena;

static void lock(void) {
    unsigned turns = 0;
    while (__atomic_exchange_n(&arena.lock, 1, __ATOMIC_ACQUIRE) != 0)
        while (__atomic_load_n(&arena.lock, __ATOMIC_RELAXED) != 0)
            /* Its holder may be waiting for this CPU. */
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

/* A new block of 1 << class entries at the end of a chunk that has room, or null. The lock is held. */
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

/* A free block that lists nothing, of 1 << class entries, or null where the arena is full. The lock is held. */
static struct cdpdk_arena_block *free_block(uint32_t class) {
    struct cdpdk_arena_block *block = arena.free_blocks[class];
    if (block == NULL)
        return new_block(class);
    arena.free_blocks[class] = (struct cdpdk_arena_block *)(uintptr_t)block->reserved;
    cdpdk_store_relaxed_64(&block->span, 0);
    return block;
}

/* Has the block listed from now on, as one of a kind. */
static void begin_block(struct cdpdk_arena_block *block, uint32_t kind) {
    cdpdk_signal_fence();
    cdpdk_store_relaxed_32(&block->kind, kind);
    arena.blocks_out[kind]++;
}

/* Adds a block of entries for single packets to the free ones. False where the arena is full. The lock is held. */
static bool add_singles(void) {
    struct cdpdk_arena_block *block = free_block(class_of(SINGLES_PER_BLOCK));
    if (block == NULL)
        return false;
    void **entries = cdpdk_arena_entries(block);
    for (uint32_t i = 0; i < SINGLES_PER_BLOCK; i++) {
        uintptr_t next = (uintptr_t)(i + 1 < SINGLES_PER_BLOCK ? entries + i + 1 : arena.free_singles);
        cdpdk_store_relaxed_64((uint64_t *)(entries + i), next | 1);
    }
    /* Not before every entry is written: a burst may have left packets of others there. */
    begin_block(block, CDPDK_BLOCK_SINGLES);
    arena.free_singles = entries;
    return true;
}

void cdpdk_arena_open(void *chunk, uint32_t slot) {
    lock();
    memset(arena.free_blocks, 0, sizeof arena.free_blocks);
    memset(arena.blocks_out, 0, sizeof arena.blocks_out);
    arena.free_singles = NULL;
    arena.singles_out = 0;
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
    uint32_t out =
        arena.singles_out + arena.blocks_out[CDPDK_BLOCK_BURST] + arena.blocks_out[CDPDK_BLOCK_TRANSMIT_BUFFER];
    if (out == 0) {
        arena.chunk_count = 0;
        arena.free_singles = NULL;
    }
    unlock();
    return out == 0;
}

struct cdpdk_arena_block *cdpdk_arena_take_block(uint32_t kind, uint32_t capacity) {
    if (capacity == 0 || capacity > CDPDK_ARENA_BURST_MAX)
        return NULL;
    lock();
    struct cdpdk_arena_block *block = arena.chunk_count > 0 ? free_block(class_of(capacity)) : NULL;
    if (block != NULL)
        begin_block(block, kind);
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
    arena.blocks_out[kind]--;
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
        arena.singles_out++;
    }
    unlock();
    return entry;
}

void cdpdk_arena_release_single(void **entry) {
    lock();
    cdpdk_store_relaxed_64((uint64_t *)entry, (uintptr_t)arena.free_singles | 1);
    arena.free_singles = entry;
    arena.singles_out--;
    unlock();
}

uint32_t cdpdk_arena_blocks_out(uint32_t kind) {
    lock();
    uint32_t count = kind < 4 ? arena.blocks_out[kind] : 0;
    unlock();
    return count;
}

uint32_t cdpdk_arena_singles_out(void) {
    lock();
    uint32_t count = arena.singles_out;
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
        uint32_t first = 0, count = 0;
        if (kind == CDPDK_BLOCK_SINGLES) {
            count = capacity;
        } else if (kind != CDPDK_BLOCK_FREE) {
            first = (uint32_t)span;
            count = (uint32_t)(span >> 32);
        }
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
