#include "include/cdpdk_arena.h"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CLASSES 14 /* capacities 1, 2, 4 … 8 192 */
#define ALIGNMENT 64u

_Static_assert(sizeof(struct cdpdk_arena_chunk) == 64, "header of a chunk");
_Static_assert(sizeof(struct cdpdk_arena_block) == 128, "header of a block");
_Static_assert(sizeof(struct cdpdk_arena_single) == 32, "single packet");
_Static_assert(1u << (CLASSES - 1) == CDPDK_ARENA_BURST_MAX && CDPDK_ARENA_BURST_MAX < 1u << 14, "14 bits of the word");

/* What a thread has of the arena, in a list of all threads. */
struct thread {
    struct cdpdk_thread_singles *singles;
    struct cdpdk_arena_block *chain;
    struct thread *next;
};

/* The calling process's own arena. */
static struct {
    int lock;
    uint32_t slot;
    uint32_t chunk_count; /* 0: closed */
    uint32_t made_singles, free_count;
    struct cdpdk_arena_chunk *chunks[CDPDK_ARENA_CHUNKS];
    struct cdpdk_arena_block *free_blocks[CLASSES]; /* linked through `next` */
    struct cdpdk_arena_single *free_singles;        /* those that no thread has */
    struct thread *threads;
    uint32_t taken[CDPDK_BLOCK_CHAIN + 1]; /* blocks of each kind */
} arena;

CDPDK_THREAD_LOCAL struct cdpdk_thread_singles cdpdk_thread_singles;
bool cdpdk_arena_is_open;
static __thread struct thread *this_thread;
static pthread_key_t thread_key;
static pthread_once_t thread_key_once = PTHREAD_ONCE_INIT;

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

bool cdpdk_arena_is_chunk(const void *memory, uint32_t slot, uint32_t number) {
    const struct cdpdk_arena_chunk *chunk = memory;
    return (uintptr_t)memory % ALIGNMENT == 0 && cdpdk_load_acquire_64(&chunk->magic) == CDPDK_ARENA_MAGIC &&
           cdpdk_load_relaxed_32(&chunk->format) == CDPDK_ARENA_FORMAT &&
           cdpdk_load_relaxed_32(&chunk->size) == cdpdk_arena_chunk_size(number) &&
           cdpdk_load_relaxed_32(&chunk->slot) == slot && cdpdk_load_relaxed_32(&chunk->number) == number;
}

void cdpdk_arena_make_chunk(void *memory, uint32_t slot, uint32_t number) {
    struct cdpdk_arena_chunk *chunk = memory;
    if (cdpdk_arena_is_chunk(memory, slot, number))
        return;
    cdpdk_store_relaxed_64(&chunk->magic, 0);
    cdpdk_signal_fence();
    cdpdk_store_relaxed_32(&chunk->format, CDPDK_ARENA_FORMAT);
    cdpdk_store_relaxed_32(&chunk->size, cdpdk_arena_chunk_size(number));
    cdpdk_store_relaxed_32(&chunk->slot, slot);
    cdpdk_store_relaxed_32(&chunk->number, number);
    cdpdk_store_relaxed_32(&chunk->used, 2 * ALIGNMENT);
    cdpdk_store_release_64(&chunk->magic, CDPDK_ARENA_MAGIC);
}

/* Begins to use a chunk, which is empty then. */
static void start_chunk(void *memory, uint32_t number) {
    struct cdpdk_arena_chunk *chunk = memory;
    cdpdk_arena_make_chunk(memory, arena.slot, number);
    cdpdk_store_relaxed_32(&chunk->used, 2 * ALIGNMENT);
    arena.chunks[number] = chunk;
}

static uint32_t class_of(uint32_t capacity) {
    uint32_t class = 0;
    while ((1u << class) < capacity)
        class ++;
    return class;
}

/* Makes a block at the end of a chunk that has room. Null if none has. The lock is held. */
static struct cdpdk_arena_block *new_block(uint32_t kind, uint32_t capacity, uint32_t entry_size) {
    uint32_t size = (uint32_t)sizeof(struct cdpdk_arena_block) + capacity * entry_size;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (uint32_t i = 0; i < arena.chunk_count; i++) {
        struct cdpdk_arena_chunk *chunk = arena.chunks[i];
        uint32_t used = cdpdk_load_relaxed_32(&chunk->used);
        if (cdpdk_arena_chunk_size(i) - used < size)
            continue;
        struct cdpdk_arena_block *block = (struct cdpdk_arena_block *)((char *)chunk + used);
        if (kind == CDPDK_BLOCK_SINGLES)
            memset(block + 1, 0, size - sizeof *block);
        cdpdk_store_relaxed_64(&block->record.word, 0);
        cdpdk_store_relaxed_32(&block->kind, kind);
        cdpdk_store_relaxed_32(&block->size, size);
        cdpdk_store_relaxed_32(&block->capacity, capacity);
        cdpdk_store_release_32(&chunk->used, used + size);
        return block;
    }
    return NULL;
}

/* Adds single packets to the free ones, if the arena has room. The lock is held. */
static void add_singles(void) {
    enum { COUNT = 256 };
    struct cdpdk_arena_block *block = new_block(CDPDK_BLOCK_SINGLES, COUNT, sizeof(struct cdpdk_arena_single));
    if (block == NULL)
        return;
    struct cdpdk_arena_single *singles = (struct cdpdk_arena_single *)(block + 1);
    for (uint32_t i = 0; i < COUNT; i++)
        singles[i].next = (uintptr_t)(i + 1 < COUNT ? singles + i + 1 : arena.free_singles);
    arena.free_singles = singles;
    arena.free_count += COUNT;
    arena.made_singles += COUNT;
}

void cdpdk_arena_prepare(void) { syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0); }

void cdpdk_arena_open(void *chunk, uint32_t slot) {
    lock();
    memset(arena.free_blocks, 0, sizeof arena.free_blocks);
    memset(arena.taken, 0, sizeof arena.taken);
    arena.free_singles = NULL;
    arena.made_singles = arena.free_count = 0;
    for (struct thread *thread = arena.threads; thread != NULL; thread = thread->next) {
        thread->singles->count = 0;
        thread->chain = NULL;
    }
    arena.slot = slot;
    start_chunk(chunk, 0);
    arena.chunk_count = 1;
    add_singles();
    __atomic_store_n(&cdpdk_arena_is_open, true, __ATOMIC_RELAXED);
    unlock();
}

uint32_t cdpdk_arena_chunk_count(void) {
    lock();
    uint32_t count = arena.chunk_count;
    unlock();
    return count;
}

bool cdpdk_arena_add_chunk(void *chunk, uint64_t *address, uint32_t *count) {
    lock();
    bool room = arena.chunk_count > 0 && arena.chunk_count < CDPDK_ARENA_CHUNKS;
    if (room) {
        start_chunk(chunk, arena.chunk_count);
        cdpdk_store_relaxed_64(address, (uintptr_t)chunk);
        cdpdk_store_release_32(count, arena.chunk_count + 1);
        cdpdk_store_release_32(&arena.chunk_count, arena.chunk_count + 1);
        add_singles();
    }
    unlock();
    return room;
}

/* How many single packets are taken. The lock is held. */
static uint32_t taken_singles(void) {
    uint32_t free = arena.free_count;
    for (struct thread *thread = arena.threads; thread != NULL; thread = thread->next)
        free += __atomic_load_n(&thread->singles->count, __ATOMIC_RELAXED);
    return arena.made_singles - free;
}

bool cdpdk_arena_close(void) {
    lock();
    __atomic_store_n(&cdpdk_arena_is_open, false, __ATOMIC_RELAXED);
    /* After this, a thread that takes a single sees that the arena is closed, or has been counted. */
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
    bool closes =
        arena.taken[CDPDK_BLOCK_BURST] == 0 && arena.taken[CDPDK_BLOCK_TRANSMIT_BUFFER] == 0 && taken_singles() == 0;
    if (closes)
        arena.chunk_count = 0;
    else
        __atomic_store_n(&cdpdk_arena_is_open, true, __ATOMIC_RELAXED);
    unlock();
    return closes;
}

struct cdpdk_arena_block *cdpdk_arena_take_block(uint32_t kind, uint32_t capacity) {
    if (capacity == 0 || capacity > CDPDK_ARENA_BURST_MAX)
        return NULL;
    lock();
    uint32_t class = class_of(capacity);
    struct cdpdk_arena_block *block = NULL;
    if (arena.chunk_count > 0) {
        block = arena.free_blocks[class];
        if (block != NULL)
            arena.free_blocks[class] = (struct cdpdk_arena_block *)(uintptr_t)block->next;
        else
            block = new_block(CDPDK_BLOCK_FREE, 1u << class, sizeof(void *));
    }
    if (block != NULL) {
        cdpdk_record_list(&block->record, 0, 0);
        cdpdk_arena_hold(block, NULL);
        cdpdk_store_relaxed_64(block->notes, 0);
        cdpdk_store_relaxed_32(&block->kind, kind);
        arena.taken[kind]++;
    }
    unlock();
    return block;
}

/* Gives a block back. The lock is held. */
static void release(struct cdpdk_arena_block *block, uint32_t kind, uint32_t capacity) {
    cdpdk_record_list(&block->record, 0, 0);
    cdpdk_store_relaxed_32(&block->kind, CDPDK_BLOCK_FREE);
    uint32_t class = class_of(capacity);
    block->next = (uintptr_t)arena.free_blocks[class];
    arena.free_blocks[class] = block;
    arena.taken[kind]--;
}

void cdpdk_arena_release_block(struct cdpdk_arena_block *block, uint32_t kind, uint32_t capacity) {
    lock();
    release(block, kind, capacity);
    unlock();
}

/* MARK: - Threads */

/* Gives single packets back until a thread has only so many. The lock is held. */
static void give_back(struct cdpdk_thread_singles *singles, uint32_t keep) {
    uint32_t count = singles->count;
    while (count > keep) {
        struct cdpdk_arena_single *single = singles->free[--count];
        single->next = (uintptr_t)arena.free_singles;
        arena.free_singles = single;
        arena.free_count++;
    }
    __atomic_store_n(&singles->count, count, __ATOMIC_RELAXED);
}

/* Gives back what an ending thread has at hand. */
static void end_thread(void *ended) {
    struct thread *thread = ended;
    lock();
    for (struct thread **link = &arena.threads; *link != NULL; link = &(*link)->next)
        if (*link == thread) {
            *link = thread->next;
            break;
        }
    if (arena.chunk_count > 0)
        give_back(thread->singles, 0);
    if (arena.chunk_count > 0 && thread->chain != NULL)
        release(thread->chain, CDPDK_BLOCK_CHAIN, CDPDK_ARENA_CHAIN_MAX);
    unlock();
    thread->singles->count = 0;
    thread->singles->is_known = false;
    free(thread);
    this_thread = NULL;
}

static void make_thread_key(void) { pthread_key_create(&thread_key, end_thread); }

/* The calling thread, which is in the list from now on. Null if there is no memory. */
static struct thread *know_thread(void) {
    if (this_thread != NULL)
        return this_thread;
    pthread_once(&thread_key_once, make_thread_key);
    struct thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL || pthread_setspecific(thread_key, thread) != 0) {
        free(thread);
        return NULL;
    }
    thread->singles = &cdpdk_thread_singles;
    lock();
    thread->next = arena.threads;
    arena.threads = thread;
    cdpdk_thread_singles.is_known = true;
    unlock();
    this_thread = thread;
    return thread;
}

struct cdpdk_arena_single *cdpdk_arena_more_singles(void) {
    struct cdpdk_thread_singles *mine = &cdpdk_thread_singles;
    if (know_thread() == NULL)
        return NULL;
    lock();
    struct cdpdk_arena_single *single = NULL;
    uint32_t count = 0;
    if (arena.chunk_count > 0) {
        if (arena.free_singles == NULL)
            add_singles();
        while (arena.free_singles != NULL && count < CDPDK_ARENA_THREAD_SINGLES / 2) {
            mine->free[count++] = arena.free_singles;
            arena.free_singles = (struct cdpdk_arena_single *)(uintptr_t)arena.free_singles->next;
        }
        arena.free_count -= count;
        if (count > 0)
            single = mine->free[--count];
        __atomic_store_n(&mine->count, count, __ATOMIC_RELAXED);
    }
    unlock();
    return single;
}

void cdpdk_arena_fewer_singles(void) {
    bool stays = know_thread() != NULL;
    lock();
    if (arena.chunk_count > 0)
        give_back(&cdpdk_thread_singles, stays ? CDPDK_ARENA_THREAD_SINGLES / 2 : 0);
    unlock();
}

void cdpdk_arena_untake_single(struct cdpdk_arena_single *single) {
    struct cdpdk_thread_singles *mine = &cdpdk_thread_singles;
    mine->free[mine->count] = single;
    __atomic_store_n(&mine->count, mine->count + 1, __ATOMIC_RELAXED);
}

struct cdpdk_arena_block *cdpdk_arena_chain_block(void) {
    struct thread *thread = know_thread();
    if (thread != NULL && thread->chain == NULL)
        thread->chain = cdpdk_arena_take_block(CDPDK_BLOCK_CHAIN, CDPDK_ARENA_CHAIN_MAX);
    return thread != NULL ? thread->chain : NULL;
}

uint32_t cdpdk_arena_taken(uint32_t kind) {
    lock();
    uint32_t count = kind == CDPDK_BLOCK_SINGLES ? taken_singles() : arena.taken[kind];
    unlock();
    return count;
}

/* MARK: - Records */

static void settle(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block, uint64_t *entries,
                   void *context) {
    uint64_t operation = *(uint64_t *)context;
    (void)entries;
    if (block == NULL || cdpdk_word_operation(word ^ operation) != 0 || cdpdk_word_object(word ^ operation) != 0)
        return;
    bool is_empty = cdpdk_word_operation(word) == CDPDK_OPERATION_ENQUEUE;
    /* The thread whose block it is may write another word now. */
    cdpdk_compare_exchange_64(&record->word, word,
                              is_empty ? 0 : cdpdk_listed(cdpdk_word_first(word), cdpdk_word_count(word)));
}

void cdpdk_arena_settle(uint64_t operation) {
    uint32_t count = cdpdk_load_acquire_32(&arena.chunk_count);
    for (uint32_t i = 0; i < count; i++)
        cdpdk_arena_visit(arena.chunks[i], cdpdk_arena_chunk_size(i), settle, &operation);
}

CDPDK_RARE uint64_t cdpdk_move_to_front_now(struct cdpdk_arena_block *block, uint32_t first, uint32_t count) {
    void **entries = cdpdk_arena_entries(block);
    for (uint32_t i = 0; i < first && i < count; i++)
        entries[i] = entries[first + i];
    if (count > first) {
        cdpdk_record_list(&block->record, 0, first + count);
        for (uint32_t i = first; i < count; i++)
            entries[i] = entries[first + i];
    }
    cdpdk_record_list(&block->record, 0, count);
    return cdpdk_listed(0, count);
}

/* MARK: - Reading */

int64_t cdpdk_arena_visit(const void *memory, uint64_t length,
                          void (*visit)(uint64_t word, struct cdpdk_record *record, struct cdpdk_arena_block *block,
                                        uint64_t *entries, void *context),
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
        bool singles = kind == CDPDK_BLOCK_SINGLES;
        uint64_t entry_size = singles ? sizeof(struct cdpdk_arena_single) : sizeof(void *);
        if (size > used - at || size < sizeof *block || size % ALIGNMENT != 0 || kind > CDPDK_BLOCK_CHAIN ||
            capacity > (size - sizeof *block) / entry_size)
            return -1;
        for (uint32_t i = 0; i < (singles ? capacity : 1); i++) {
            struct cdpdk_arena_single *single = (struct cdpdk_arena_single *)(block + 1) + i;
            struct cdpdk_record *record = singles ? &single->record : &block->record;
            uint64_t *entries = singles ? (uint64_t *)&single->entry : (uint64_t *)(block + 1);
            uint64_t word = kind == CDPDK_BLOCK_FREE ? 0 : cdpdk_load_relaxed_64(&record->word);
            uint32_t first = cdpdk_word_first(word), count = cdpdk_word_count(word), room = singles ? 1 : capacity;
            if (first > room || count > room - first || cdpdk_word_operation(word) >= CDPDK_OPERATIONS)
                return -1;
            packets += count;
            if (count > 0 && visit != NULL)
                visit(word, record, singles ? NULL : block, entries, context);
        }
        at += size;
    }
    return packets;
}
