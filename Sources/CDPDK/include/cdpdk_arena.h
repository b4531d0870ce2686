/*
 * Arenas: each process lists the packets that it holds in shared memory, and what it is doing with them, so that the
 * primary can give them back after its death.
 *
 * An arena is a chain of chunks. Each chunk is a memory zone named after the process's slot and the chunk's number, and
 * consists of a header and a sequence of blocks; `used` is the offset at which the blocks end. A block lists the
 * packets entries[first ..< first + count]. `first`, `count` and the operation that is going on are one word of the
 * block's record, so that one store changes them all. A block of single packets is an array of blocks of one packet.
 *
 * Order of stores: a packet is listed in its new place before it is removed from its old one. After the process's
 * death, a reader may find a packet twice, but never misses one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_atomic.h"

#pragma clang assume_nonnull begin

#define CDPDK_ARENA_MAGIC 0x414e455241504d44ull /* "DMPARENA", little-endian */
#define CDPDK_ARENA_FORMAT 5u
#define CDPDK_ARENA_CHUNK_SIZE (512u * 1024u)
/* The first chunk is small because a primary reserves one for each slot, 4 MiB in all. It has room for about 120 bursts
 * of 32 packets beside the single packets. */
#define CDPDK_ARENA_FIRST_CHUNK_SIZE (64u * 1024u)
#define CDPDK_ARENA_CHUNKS 16u
#define CDPDK_ARENA_BURST_MAX 8192u /* entries of one block */
#define CDPDK_ARENA_NOTES 8u
/* In the notes of a block, beside the length of a cache. */
#define CDPDK_NOTE_IN_DOUBT 0x80000000u /* the driver may change the cache; behind its packets there were zeros */
#define CDPDK_NOTE_OTHERS 0x40000000u   /* it may change the lcore's caches of other pools, too */
#define CDPDK_NOTE_LENGTH 0xffffu

struct cdpdk_arena_chunk {
    uint64_t magic;
    uint32_t format;
    uint32_t size; /* bytes of the chunk, with this header */
    uint32_t slot;
    uint32_t number;
    uint32_t used; /* bytes in use, with this header */
    uint32_t reserved0;
    uint64_t reserved[4];
};

/* What goes on with the packets of a record. p is the number in the record's word. `object` is the number of the ring,
 * pool or port. */
enum {
    /* The listed packets are the process's. */
    CDPDK_OPERATION_NONE = 0,
    /* The first ones go into the ring, whose producers' tail was at `enqueued_from`. As many as it has moved since are
     * in the ring. Once all of them are, the word may stay as it is, until cdpdk_arena_settle. */
    CDPDK_OPERATION_ENQUEUE,
    /* The last ones come from the ring, whose consumers' tail will be at `dequeued_to`. As many as it has still to move
     * are the ring's. Once it is there, the word may stay as it is, too. */
    CDPDK_OPERATION_DEQUEUE,
    /* p packets go into, or come from, an HTS ring: the record's `address` is its position before. They are moved
     * unless the ring's tail is still there, and its head names the process (cdpdk_shared_ends.h). With the ring of a
     * pool, the pool's move says instead how many they are, and whether they were moved. */
    CDPDK_OPERATION_SHARED_ENQUEUE,
    CDPDK_OPERATION_SHARED_DEQUEUE,
    /* The driver has the first p packets, each listed with all its segments, and frees them in the call. */
    CDPDK_OPERATION_TRANSMIT,
    /* The driver writes packets to the last p entries, which are 0 before. */
    CDPDK_OPERATION_RECEIVE,
    /* One reference of the first packet is given up. */
    CDPDK_OPERATION_DROP,
    /* The same, within a driver. */
    CDPDK_OPERATION_TRANSMIT_DROP,
    /* The first p packets go to something that this library cannot look into: where they are cannot be known. */
    CDPDK_OPERATION_GIVE,
    /* The last p entries get packets from something like that. */
    CDPDK_OPERATION_TAKE,
    CDPDK_OPERATIONS
};
/* In the position of GIVE: the first packet is given to a driver, and others may have it, or it has many segments. */
#define CDPDK_GIVE_SHARED 0x8000u

struct cdpdk_record {
    uint64_t word;    /* count | operation << 14 | object << 18 | first << 34 | p << 48 */
    uint64_t address; /* of the ring, if `object` is CDPDK_OBJECT_BY_ADDRESS; or a position in the ring, if an operation
                         is on a shared end or on a single packet. Written before the word says so */
};
#define CDPDK_OBJECT_BY_ADDRESS 0xffffu

enum { CDPDK_BLOCK_FREE = 0, CDPDK_BLOCK_BURST, CDPDK_BLOCK_SINGLES, CDPDK_BLOCK_TRANSMIT_BUFFER, CDPDK_BLOCK_CHAIN };

struct cdpdk_arena_block {
    struct cdpdk_record record;
    uint32_t kind;
    uint32_t size; /* bytes of the block, with this header; the next block follows */
    uint32_t capacity;
    uint32_t reserved0;
    uint64_t next;
    uint64_t hand; /* a packet that changes its place in the block: it is listed too. 0: none */
    /* Positions in rings, written before the word says that there is an operation on an exclusive end. */
    uint32_t enqueued_from, dequeued_to;
    uint64_t reserved;
    /* Lengths of the process's caches before a driver's call: object + 1 << 48 | lcore << 32 | length and
     * CDPDK_NOTE_…. 0 ends them. */
    uint64_t notes[CDPDK_ARENA_NOTES];
};

/* A single packet: a block with one entry. */
struct cdpdk_arena_single {
    struct cdpdk_record record;
    void *_Nullable entry;
    uint64_t next;
};

/* The part of a record's word that says which packets are listed, */
CDPDK_INLINE uint64_t cdpdk_listed(uint32_t first, uint32_t count) { return (uint64_t)first << 34 | count; }
/* and the part that says what goes on with them. */
CDPDK_INLINE uint64_t cdpdk_operation(uint32_t operation, uint32_t p, uint32_t object) {
    return (uint64_t)operation << 14 | (uint64_t)object << 18 | (uint64_t)p << 48;
}
CDPDK_INLINE uint32_t cdpdk_word_first(uint64_t word) { return word >> 34 & 0x3fff; }
CDPDK_INLINE uint32_t cdpdk_word_count(uint64_t word) { return word & 0x3fff; }
CDPDK_INLINE uint32_t cdpdk_word_operation(uint64_t word) { return word >> 14 & 0xf; }
CDPDK_INLINE uint32_t cdpdk_word_p(uint64_t word) { return (uint32_t)(word >> 48); }
CDPDK_INLINE uint32_t cdpdk_word_object(uint64_t word) { return (uint16_t)(word >> 18); }

/* Writes a record's word. All stores before this one are in order before it, all after it after it. */
CDPDK_INLINE void cdpdk_record_write(struct cdpdk_record *record, uint64_t word) {
    cdpdk_signal_fence();
    cdpdk_store_relaxed_64(&record->word, word);
    cdpdk_signal_fence();
}

/* Lists packets without an operation. */
CDPDK_INLINE void cdpdk_record_list(struct cdpdk_record *record, uint32_t first, uint32_t count) {
    cdpdk_record_write(record, cdpdk_listed(first, count));
}

/* Lists packets, and begins an operation on an object. */
CDPDK_INLINE void cdpdk_record_begin(struct cdpdk_record *record, uint32_t first, uint32_t count, uint32_t operation,
                                     uint32_t p, uint32_t object) {
    cdpdk_record_write(record, cdpdk_listed(first, count) | cdpdk_operation(operation, p, object));
}

/* Begins an operation at a position of a ring, on a shared end or on a single packet. */
CDPDK_INLINE void cdpdk_record_begin_at(struct cdpdk_record *record, uint64_t word, uint32_t position) {
    cdpdk_store_relaxed_64(&record->address, position);
    cdpdk_record_write(record, word);
}

/* Begins to enqueue packets of a block to a ring whose producers' tail is at `from`. */
CDPDK_INLINE void cdpdk_arena_enqueue(struct cdpdk_arena_block *block, uint64_t word, uint32_t from) {
    cdpdk_store_relaxed_32(&block->enqueued_from, from);
    cdpdk_record_write(&block->record, word);
}

/* Lists packets of a ring in an empty block. They are the block's when the ring's consumers' tail is at `to`. */
CDPDK_INLINE void cdpdk_arena_dequeue(struct cdpdk_arena_block *block, uint64_t word, uint32_t to) {
    cdpdk_store_relaxed_32(&block->dequeued_to, to);
    cdpdk_record_write(&block->record, word);
}

/* The same in a block that lists packets already: those in `before`. Its word may still say that they were dequeued to
 * another position. */
CDPDK_INLINE void cdpdk_arena_dequeue_more(struct cdpdk_arena_block *block, uint64_t before, uint64_t word,
                                           uint32_t to) {
    cdpdk_record_write(&block->record, before);
    cdpdk_arena_dequeue(block, word, to);
}

/* Takes the operations on an exclusive end out of the records of all blocks. `operation` is what these say of the end.
 * Its holder calls this between two operations, so that all are done: before others move the tail, and before the tail
 * comes round, after 2^32 packets, and would say that they are not. */
void cdpdk_arena_settle(uint64_t operation);

/* Moves the listed packets of a block to the first entries, and returns the word that lists them. Each packet is listed
 * at every moment. */
CDPDK_RARE uint64_t cdpdk_move_to_front_now(struct cdpdk_arena_block *block, uint32_t first, uint32_t count);
CDPDK_INLINE uint64_t cdpdk_move_to_front(struct cdpdk_arena_block *block, uint32_t first, uint32_t count) {
    return CDPDK_ADDRESS(cdpdk_move_to_front_now)(block, first, count);
}

/* The bytes of chunk `number` of an arena, with its header. */
CDPDK_INLINE uint32_t cdpdk_arena_chunk_size(uint32_t number) {
    return number == 0 ? CDPDK_ARENA_FIRST_CHUNK_SIZE : CDPDK_ARENA_CHUNK_SIZE;
}

CDPDK_INLINE struct cdpdk_record *cdpdk_arena_record(struct cdpdk_arena_block *block) { return &block->record; }

/* Lists one more packet of a block, or none, while packets change their places. */
CDPDK_INLINE void cdpdk_arena_hold(struct cdpdk_arena_block *block, void *_Nullable mbuf) {
    cdpdk_signal_fence();
    cdpdk_store_relaxed_64(&block->hand, (uintptr_t)mbuf);
    cdpdk_signal_fence();
}

/* The entries of a block. */
CDPDK_INLINE void *_Nonnull *_Nonnull cdpdk_arena_entries(struct cdpdk_arena_block *block) {
    return (void *_Nonnull *)(block + 1);
}

CDPDK_INLINE struct cdpdk_record *cdpdk_single_record(struct cdpdk_arena_single *single) { return &single->record; }
CDPDK_INLINE void *_Nonnull *_Nonnull cdpdk_single_entry(struct cdpdk_arena_single *single) {
    return (void *_Nonnull *)&single->entry;
}

/* Writes the header of a chunk unless it is there: an earlier holder of the slot, or the present one, may have used the
 * chunk. */
void cdpdk_arena_make_chunk(void *memory, uint32_t slot, uint32_t number);

/* Whether chunk `number` of a slot is at an address, at which there is memory. */
bool cdpdk_arena_is_chunk(const void *memory, uint32_t slot, uint32_t number);

/* Registers the process for the barrier of cdpdk_arena_close. With several threads, it takes some 10 ms. */
void cdpdk_arena_prepare(void);

/* Starts the calling process's arena. `chunk` is its first chunk. */
void cdpdk_arena_open(void *chunk, uint32_t slot);

/* How many chunks the calling process's arena has; 0 if it is closed. */
uint32_t cdpdk_arena_chunk_count(void);

/* Adds a chunk to the calling process's arena, and notes its address and the number of chunks before anything of it is
 * given out. False if the arena is closed or has CDPDK_ARENA_CHUNKS already. */
bool cdpdk_arena_add_chunk(void *chunk, uint64_t *address, uint32_t *count);

/* Closes the arena, which then gives out no block and no single. False, and still open, if any is taken. */
bool cdpdk_arena_close(void);

/* Takes a block with room for at least `capacity` packets. Null if the arena is full. Safe from any thread. */
struct cdpdk_arena_block *_Nullable cdpdk_arena_take_block(uint32_t kind, uint32_t capacity);

/* Gives a block back, with the arguments that it was taken with. It lists nothing. Safe from any thread. */
void cdpdk_arena_release_block(struct cdpdk_arena_block *block, uint32_t kind, uint32_t capacity);

/* The calling thread's block for the segments of one packet. Null if the arena is full. */
struct cdpdk_arena_block *_Nullable cdpdk_arena_chain_block(void);
#define CDPDK_ARENA_CHAIN_MAX 1024u

/* The single packets that a thread has at hand, so that most of them are taken and given back without a lock. */
#define CDPDK_ARENA_THREAD_SINGLES 64u
struct cdpdk_thread_singles {
    struct cdpdk_arena_single *_Nullable free[CDPDK_ARENA_THREAD_SINGLES + 1];
    uint32_t count;
    bool is_known;
};
extern CDPDK_THREAD_LOCAL struct cdpdk_thread_singles cdpdk_thread_singles;
/* Whether the arena gives out singles. */
extern bool cdpdk_arena_is_open;

/* The slow parts of the two functions below. */
struct cdpdk_arena_single *_Nullable cdpdk_arena_more_singles(void);
void cdpdk_arena_fewer_singles(void);
void cdpdk_arena_untake_single(struct cdpdk_arena_single *single);

/* Takes a single that lists nothing. Null if the arena is full or closed. Safe from any thread. */
CDPDK_INLINE struct cdpdk_arena_single *_Nullable cdpdk_arena_take_single(void) {
    struct cdpdk_thread_singles *mine = &cdpdk_thread_singles;
    uint32_t count = mine->count;
    if (__builtin_expect(count == 0, 0))
        return cdpdk_arena_more_singles();
    struct cdpdk_arena_single *single = mine->free[count - 1];
    __atomic_store_n(&mine->count, count - 1, __ATOMIC_RELAXED);
    /* cdpdk_arena_close has all threads pass a barrier between its store of this and its look at their counts. */
    cdpdk_signal_fence();
    if (__builtin_expect(!__atomic_load_n(&cdpdk_arena_is_open, __ATOMIC_RELAXED), 0)) {
        cdpdk_arena_untake_single(single);
        return 0;
    }
    return single;
}

/* Gives a single back, which lists nothing from now on. Safe from any thread. */
CDPDK_INLINE void cdpdk_arena_release_single(struct cdpdk_arena_single *single) {
    struct cdpdk_thread_singles *mine = &cdpdk_thread_singles;
    uint32_t count = mine->count;
    cdpdk_record_list(&single->record, 0, 0);
    mine->free[count] = single;
    __atomic_store_n(&mine->count, count + 1, __ATOMIC_RELAXED);
    if (__builtin_expect(count >= CDPDK_ARENA_THREAD_SINGLES || !mine->is_known, 0))
        cdpdk_arena_fewer_singles();
}

/* How many blocks of a kind the calling process has taken, or for CDPDK_BLOCK_SINGLES how many single packets. */
uint32_t cdpdk_arena_taken(uint32_t kind);

/* Reads a chunk of any process, alive or dead, and calls `visit` with each record's word, which is checked,
 * the record, its block, which is null for a single, and its entries. Every number is checked against the chunk's size
 * before it is used. Returns the number of listed packets, or -1 if the chunk is invalid. */
int64_t cdpdk_arena_visit(const void *chunk, uint64_t length,
                          void (*_Nullable visit)(uint64_t word, struct cdpdk_record *record,
                                                  struct cdpdk_arena_block *_Nullable block, uint64_t *entries,
                                                  void *_Nullable context),
                          void *_Nullable context);

#pragma clang assume_nonnull end
