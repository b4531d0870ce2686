/*
 * Arenas: each process lists the packets that it holds in shared memory, so that others can find them after its death.
 *
 * An arena is a chain of chunks. Each chunk is a memory zone named after the process's slot and the chunk's number, and
 * consists of a header and a sequence of blocks; `used` is the offset at which the blocks end. A block of a burst lists
 * the packets entries[first ..< first + count]. Both numbers are in one word, `span`, so that one store adds or removes
 * packets. A block of single packets does not use `span`: each of its entries is a packet, 0 if it is empty, or a link
 * of the list of free entries, which has its lowest bit set. Each chunk begins with a block of single packets, so that
 * bursts cannot take all the room.
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
#define CDPDK_ARENA_FORMAT 1u
#define CDPDK_ARENA_CHUNK_SIZE (512u * 1024u)
/* The first chunk is small because a primary reserves one for each slot, 4 MiB in all. It has room for about 180 bursts
 * of 32 packets beside the single packets. */
#define CDPDK_ARENA_FIRST_CHUNK_SIZE (64u * 1024u)
#define CDPDK_ARENA_CHUNKS 16u
#define CDPDK_ARENA_BURST_MAX 16384u /* entries of one block */

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

enum { CDPDK_BLOCK_FREE = 0, CDPDK_BLOCK_BURST = 1, CDPDK_BLOCK_SINGLES = 2, CDPDK_BLOCK_TRANSMIT_BUFFER = 3 };

struct cdpdk_arena_block {
    uint32_t kind;
    uint32_t size; /* bytes of the block, with this header; the next block follows */
    uint32_t capacity;
    uint32_t reserved0;
    uint64_t span; /* first | count << 32 */
    uint64_t reserved;
};

/* The bytes of chunk `number` of an arena, with its header. */
CDPDK_INLINE uint32_t cdpdk_arena_chunk_size(uint32_t number) {
    return number == 0 ? CDPDK_ARENA_FIRST_CHUNK_SIZE : CDPDK_ARENA_CHUNK_SIZE;
}

/* The word of a block that says which of its entries are packets. */
CDPDK_INLINE uint64_t *cdpdk_arena_span(struct cdpdk_arena_block *block) { return &block->span; }

/* The entries of a block. */
CDPDK_INLINE void *_Nonnull *_Nonnull cdpdk_arena_entries(struct cdpdk_arena_block *block) {
    return (void *_Nonnull *)(block + 1);
}

/* Starts the calling process's arena. `chunk` is its first chunk, zeroed or left by an earlier holder of the slot. */
void cdpdk_arena_open(void *chunk, uint32_t slot);

/* Adds a chunk to the calling process's arena. False if the arena is closed or has CDPDK_ARENA_CHUNKS already. */
bool cdpdk_arena_add_chunk(void *chunk);

/* Closes the arena, which then gives out no block and no entry. False, and still open, if any is taken. */
bool cdpdk_arena_close(void);

/* Takes a block with room for at least `capacity` packets. Null if the arena is full. Safe from any thread. */
struct cdpdk_arena_block *_Nullable cdpdk_arena_take_block(uint32_t kind, uint32_t capacity);

/* Gives a block back, with the arguments that it was taken with, and removes its packets from the list. Safe from any
 * thread. */
void cdpdk_arena_release_block(struct cdpdk_arena_block *block, uint32_t kind, uint32_t capacity);

/* Takes an empty entry for a single packet. Null if the arena is full. Safe from any thread. */
void *_Nonnull *_Nullable cdpdk_arena_take_single(void);

/* Gives an entry back, and so removes its packet from the list. Safe from any thread. */
void cdpdk_arena_release_single(void *_Nonnull *_Nonnull entry);

/* How many blocks of a kind the calling process has taken, or for CDPDK_BLOCK_SINGLES how many entries. */
uint32_t cdpdk_arena_taken(uint32_t kind);

/* Reads a chunk of any process, alive or dead, and calls `visit` with each packet that is listed in it. Every number is
 * checked against the chunk's size before it is used. Returns the number of packets, or -1 if the chunk is invalid. */
int64_t cdpdk_arena_visit(const void *chunk, uint64_t length,
                          void (*_Nullable visit)(void *mbuf, void *_Nullable context), void *_Nullable context);

#pragma clang assume_nonnull end
