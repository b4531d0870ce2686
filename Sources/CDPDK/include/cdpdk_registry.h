/*
 * The format of the shared registry: which processes are attached, which objects exist and with which layout, and which
 * process holds which end.
 *
 * The registry is one memory zone of the group. The primary makes it or, if the primary does not use this library, the
 * first process that does. All access to words that change later is atomic (cdpdk_atomic.h). Entries are written under
 * the group's set-up lock; claims are released without it.
 */
#pragma once

#include <stdint.h>

#include "cdpdk_arena.h"
#include "cdpdk_atomic.h"

#pragma clang assume_nonnull begin

#define CDPDK_REGISTRY_ZONE "DPDKMP_registry"
#define CDPDK_REGISTRY_MAGIC 0x525453474552504dull /* "MPREGSTR", little-endian */
#define CDPDK_REGISTRY_FORMAT 3u
#define CDPDK_REGISTRY_PROCESSES 64u
#define CDPDK_REGISTRY_OBJECTS 1024u
#define CDPDK_REGISTRY_CLAIMS 4096u
#define CDPDK_REGISTRY_LCORES 128u

/* The bytes of the lock file: one for each process slot, one for each lcore id, one for set-up, one that
 * secondaries share while they start, and one of the process that waits for that one. */
#define CDPDK_LOCK_FILE "dpdkmp_locks"
#define CDPDK_LOCK_BYTE_SLOT 0
#define CDPDK_LOCK_BYTE_LCORE 4096
#define CDPDK_LOCK_BYTE_SETUP 65536
#define CDPDK_LOCK_BYTE_START 65537
#define CDPDK_LOCK_BYTE_GATE 65538

struct cdpdk_registry_header {
    uint64_t magic; /* written last */
    uint32_t format;
    uint32_t size; /* bytes of the whole registry */
    uint32_t processes;
    uint32_t objects;
    uint32_t claims;
    uint32_t has_primary; /* 1 if the primary uses this library, and so frees what dead processes held */
    uint64_t library_set; /* cdpdk_library_set() of the process that made the registry */
    char dpdk_version[64];
    uint64_t changes;   /* grows each time that an object is made or removed */
    uint32_t is_ending; /* 1 if the primary has asked the secondaries to leave */
    uint8_t reserved[140];
};
_Static_assert(sizeof(struct cdpdk_registry_header) == 256, "header of the registry");

/* A slot is DEAD after the process was found dead, while what it held is being freed. */
enum { CDPDK_PROCESS_FREE = 0, CDPDK_PROCESS_ATTACHED = 1, CDPDK_PROCESS_DEAD = 2 };

enum { CDPDK_ROLE_PRIMARY = 1, CDPDK_ROLE_SECONDARY = 2 };

struct cdpdk_registry_process {
    uint32_t state;
    uint32_t generation; /* how many times the slot was taken */
    /* The last generation that is over << 32 | how it and the 31 before it ended, the last one in bit 0: 1 if it died.
     * One word, which changes before the slot becomes free. */
    uint64_t endings;
    uint64_t lcores[CDPDK_REGISTRY_LCORES / 64]; /* a bit for each lcore id of the process */
    int32_t pid;
    uint32_t role;
    uint32_t arena_chunks;
    char name[64];
    uint32_t reserved0;
    uint64_t returned;                  /* generation of one that died << 32 | how many packets of it came back */
    uint64_t arena[CDPDK_ARENA_CHUNKS]; /* addresses of the chunks, which stay when the slot is free */
    uint64_t arena_request;             /* 0, or what cdpdk_arena_request or cdpdk_arena_answer gives */
};
_Static_assert(sizeof(struct cdpdk_registry_process) == 256, "process of the registry");

enum { CDPDK_OBJECT_FREE = 0, CDPDK_OBJECT_CREATING = 1, CDPDK_OBJECT_READY = 2 };

/* Flag of an object that a process without this library made: it has no layout. */
#define CDPDK_OBJECT_FOREIGN 1u
/* Flags of a ring with many ends: a process was killed in the middle of an operation that nobody can undo. */
#define CDPDK_OBJECT_PUT_BLOCKED 2u
#define CDPDK_OBJECT_TAKE_BLOCKED 4u

#define CDPDK_LAYOUT_TEXT 848u

struct cdpdk_registry_object {
    uint32_t state;
    uint32_t generation; /* how many times the entry was taken */
    uint32_t kind;       /* ObjectKind */
    uint32_t flags;
    uint64_t fingerprint;
    uint64_t size; /* bytes of one element, or of the region */
    uint64_t stride;
    uint64_t alignment;
    uint64_t configured; /* of a port: when, in nanoseconds of CLOCK_MONOTONIC; 0: never; UINT64_MAX: it failed */
    uint64_t port_state; /* of a port: 1 if it runs | … | receive descriptors << 16 | transmit descriptors << 32 */
    uint64_t zone;       /* address of the rte_memzone that it lies in, 0 if it is not known */
    uint64_t pool;       /* of a port: address of the rte_mempool that it receives into, 0 if it is not known */
    char name[96];
    char layout[CDPDK_LAYOUT_TEXT]; /* for messages; cut if it is longer */
};
_Static_assert(sizeof(struct cdpdk_registry_object) == 1024, "object of the registry");

struct cdpdk_registry_claim {
    uint64_t holder; /* 0 if free; else (slot + 1) << 32 | generation of the process */
    uint32_t object;
    uint32_t object_generation;
    uint32_t end;   /* End.Kind */
    uint32_t index; /* of the queue */
};
_Static_assert(sizeof(struct cdpdk_registry_claim) == 24, "claim of the registry");

/* The word of a claim that says which process has it. */
CDPDK_INLINE uint64_t *_Nonnull cdpdk_registry_claim_holder(struct cdpdk_registry_claim *_Nonnull claim) {
    return &claim->holder;
}

/*
 * A move of packets between a pool's ring and the calling process. Each object has two: one for what is put, one for
 * what is taken. One process at a time owns a move; it writes down what it does in such an order that the primary can
 * tell after its death whether the move was done.
 */
struct cdpdk_registry_move {
    uint64_t owner; /* 0 if free; else (slot + 1) << 32 | generation of the process */
    uint64_t what;  /* 0: nothing has begun; else CDPDK_MOVE_… and the number of elements */
    uint64_t at;    /* position of the ring | length of the cache before << 32 */
    uint64_t held;  /* of CDPDK_MOVE_PUT: packets of the pool of which nobody knows where they are */
    uint64_t reserved[4];
};
_Static_assert(sizeof(struct cdpdk_registry_move) == 64, "move of the registry");

enum { CDPDK_MOVE_PUT = 0, CDPDK_MOVE_TAKE = 1 };

/* `what`: number of elements in the low 32 bits | lcore whose cache they come from or go to << 32 | flags. */
#define CDPDK_MOVE_BEGUN (1ull << 63)
#define CDPDK_MOVE_CACHE (1ull << 62)  /* between the ring and a cache, not a block of the arena */
#define CDPDK_MOVE_DRIVER (1ull << 61) /* within a driver, which may move what it likes */

CDPDK_INLINE uint64_t *_Nonnull cdpdk_registry_changes(struct cdpdk_registry_header *_Nonnull header) {
    return &header->changes;
}

CDPDK_INLINE struct cdpdk_registry_process *_Nonnull cdpdk_registry_processes(void *_Nonnull registry) {
    return (struct cdpdk_registry_process *)((char *)registry + sizeof(struct cdpdk_registry_header));
}

CDPDK_INLINE struct cdpdk_registry_object *_Nonnull cdpdk_registry_objects(void *_Nonnull registry) {
    return (struct cdpdk_registry_object *)(cdpdk_registry_processes(registry) + CDPDK_REGISTRY_PROCESSES);
}

CDPDK_INLINE struct cdpdk_registry_claim *_Nonnull cdpdk_registry_claims(void *_Nonnull registry) {
    return (struct cdpdk_registry_claim *)(cdpdk_registry_objects(registry) + CDPDK_REGISTRY_OBJECTS);
}

/* The address of a chunk of a process's arena. */
CDPDK_INLINE uint64_t *_Nonnull cdpdk_registry_arena(struct cdpdk_registry_process *_Nonnull process, uint32_t chunk) {
    return process->arena + chunk;
}

/*
 * A secondary asks for the next chunk of its arena in its entry, because the locks of EAL under which memory is
 * reserved would stay taken if it were killed. The primary notes the chunk's address, and then answers in the same
 * word: with 0, or the error number for which there is no chunk. The generation tells the request from one of an
 * earlier process in the slot.
 */
#define CDPDK_ARENA_ASKED (1ull << 31)

CDPDK_INLINE uint64_t cdpdk_arena_request(uint32_t generation, uint32_t chunk) {
    return (uint64_t)generation << 32 | CDPDK_ARENA_ASKED | chunk;
}
CDPDK_INLINE uint64_t cdpdk_arena_answer(uint64_t request, int32_t number) {
    return (request & ~CDPDK_ARENA_ASKED) | (uint64_t)(number & 0xffff) << 8;
}
/* The error number of the answer to a request, or -1 if the word is something else. */
CDPDK_INLINE int32_t cdpdk_arena_answer_number(uint64_t word, uint64_t request) {
    return (word & ~0xffff00ull) == (request & ~CDPDK_ARENA_ASKED) ? (int32_t)(word >> 8 & 0xffff) : -1;
}

/* The addresses of the objects that are in memory, by their numbers: rte_ring, rte_mempool. 0 for others. */
CDPDK_INLINE uint64_t *_Nonnull cdpdk_registry_addresses(void *_Nonnull registry) {
    return (uint64_t *)(cdpdk_registry_claims(registry) + CDPDK_REGISTRY_CLAIMS);
}

CDPDK_INLINE struct cdpdk_registry_move *_Nonnull cdpdk_registry_move(void *_Nonnull registry, uint32_t object,
                                                                      uint32_t side) {
    return (struct cdpdk_registry_move *)(cdpdk_registry_addresses(registry) + CDPDK_REGISTRY_OBJECTS) + 2 * object +
           side;
}

/* Bytes of the whole registry. */
CDPDK_INLINE uint64_t cdpdk_registry_size(void) {
    return sizeof(struct cdpdk_registry_header) +
           sizeof(struct cdpdk_registry_process) * (uint64_t)CDPDK_REGISTRY_PROCESSES +
           (sizeof(struct cdpdk_registry_object) + sizeof(uint64_t) + 2 * sizeof(struct cdpdk_registry_move)) *
               (uint64_t)CDPDK_REGISTRY_OBJECTS +
           sizeof(struct cdpdk_registry_claim) * (uint64_t)CDPDK_REGISTRY_CLAIMS;
}

#pragma clang assume_nonnull end
