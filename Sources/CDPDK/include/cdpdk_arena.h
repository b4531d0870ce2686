/*
 * Arenas: where each process lists the packets that it holds, so that others can read it after its death.
 *
 * An arena is a chain of chunks, each a memory zone named after the process's slot and the chunk's number. A chunk is a
 * header and a sequence of blocks; `used` says how far. A block lists a run of packets: entries[first ..< first+count],
 * both numbers in the one word `span`, so that one store moves packets in or out. A block of single packets has no run:
 * each entry is a packet, or empty (0), or, with its lowest bit set, a link of the list of free entries. Each chunk
 * begins with one such block, so that bursts cannot take all the room that single packets need.
 *
 * Order of stores: a packet is listed in its new place before it is unlisted in its old one. A reader after death may
 * so find a packet twice, and never misses one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_atomic.h"

#pragma clang assume_nonnull begin

#define CDPDK_ARENA_MAGIC 0x414e455241504d44ull /* "DMPARENA", little-endian */
#define CDPDK_ARENA_FORMAT 1u
#define CDPDK_ARENA_CHUNK_SIZE (512u * 1024u)
/* The first chunk is small, since a primary reserves that of each slot: 4 MiB for all of them. It has room for some 180
 * bursts of 32 packets beside the single packets. */
#define CDPDK_ARENA_FIRST_CHUNK_SIZE (64u * 1024u)
#define CDPDK_ARENA_CHUNKS 16u
#define CDPDK_ARENA_BURST_MAX 16384u /* entries of one block */

struct cdpdk_arena_chunk {
    uint64_t magic;
    uint32_t format;
    uint32_t size; /* bytes of the chunk, this header included */
    uint32_t slot;
    uint32_t number;
    uint32_t used; /* bytes in use, this header included */
    uint32_t reserved0;
    uint64_t reserved[4];
};

enum { CDPDK_BLOCK_FREE = 0, CDPDK_BLOCK_BURST = 1, CDPDK_BLOCK_SINGLES = 2, CDPDK_BLOCK_TRANSMIT_BUFFER = 3 };

struct cdpdk_arena_block {
    uint32_t kind;
    uint32_t size; /* bytes of the block, this header included: where the next one begins */
    uint32_t capacity;
    uint32_t reserved0;
    uint64_t span; /* first | count << 32 */
    uint64_t reserved;
};

/* The bytes of chunk `number` of an arena, its header included. */
static inline uint32_t cdpdk_arena_chunk_size(uint32_t number) {
    return number == 0 ? CDPDK_ARENA_FIRST_CHUNK_SIZE : CDPDK_ARENA_CHUNK_SIZE;
}

/* The word of a block that says which of its entries are packets. */
CDPDK_INLINE uint64_t *cdpdk_arena_span(struct cdpdk_arena_block *block) { return &block->span; }

/* The entries of a block. */
CDPDK_INLINE void *_Nonnull *_Nonnull cdpdk_arena_entries(struct cdpdk_arena_block *block) {
    return (void *_Nonnull *)(block + 1);
}

/* Makes the calling process's arena: `chunk` is its first chunk, zeroed or left by an earlier holder of the slot. */
void cdpdk_arena_open(void *chunk, uint32_t slot);

/* Adds a chunk to the calling process's arena. False if it has CDPDK_ARENA_CHUNKS already. */
bool cdpdk_arena_add_chunk(void *chunk);

/* Ends the use of the arena if nothing of it is out: blocks and entries can be had no more. False if something is. */
bool cdpdk_arena_close(void);

/* A block of at least `capacity` entries from what the arena has, or null. Safe from any thread. */
struct cdpdk_arena_block *_Nullable cdpdk_arena_take_block(uint32_t kind, uint32_t capacity);

/* Gives a block back, with what was asked for when it was taken; it lists nothing. Safe from any thread. */
void cdpdk_arena_release_block(struct cdpdk_arena_block *block, uint32_t kind, uint32_t capacity);

/* An entry for a single packet, empty, or null if the arena is full. Safe from any thread. */
void *_Nonnull *_Nullable cdpdk_arena_take_single(void);

/* Gives an entry back and so unlists the packet in it. Safe from any thread. */
void cdpdk_arena_release_single(void *_Nonnull *_Nonnull entry);

/* How many blocks of a kind, and how many single entries, the calling process has out. */
uint32_t cdpdk_arena_blocks_out(uint32_t kind);
uint32_t cdpdk_arena_singles_out(void);

/* Reads a chunk of any process, its own or another's, dead or alive, and gives each packet listed in it to `visit`.
 * Every number is checked against the chunk's size first. The number of packets, or -1 if it is no valid chunk. */
int64_t cdpdk_arena_visit(const void *chunk, uint64_t length,
                          void (*_Nullable visit)(void *mbuf, void *_Nullable context), void *_Nullable context);

#pragma clang assume_nonnull end
