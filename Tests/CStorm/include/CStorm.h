/* What the storm of kills needs from DPDK and the kernel: where each packet of a pool is, seen from outside. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#pragma clang assume_nonnull begin

/* The places in which packets of a pool can be without an owner: the pool's ring, the caches of lcores, other rings. */
struct cstorm_map;

/* Opens the map of a pool on a ring; null if there is none. It takes EAL's locks, here and for each ring. */
struct cstorm_map *_Nullable cstorm_map_open(const char *pool);
bool cstorm_map_add_ring(struct cstorm_map *map, const char *ring);

struct cstorm_view {
    uint32_t capacity;
    uint32_t free;     /* in the pool's ring and in caches */
    uint32_t in_rings; /* in the other rings */
    uint32_t missing;  /* in none of these places */
    uint32_t doubled;  /* in several of them, and not so in any view before */
    uint32_t damaged;  /* free with a wrong count of references or with another segment; or no packet of the pool */
    bool is_blocked;   /* somebody has begun to move packets to or from the pool's ring, and has not ended */
};

/* Looks into all places, and changes nothing. Nobody may move packets meanwhile. */
struct cstorm_view cstorm_map_look(struct cstorm_map *map);

/* What a process must not use more and more of. */
struct cstorm_resources {
    uint64_t heap_bytes; /* in use of the heaps that all processes share */
    uint32_t resident_kilobytes, descriptors, threads;
};
struct cstorm_resources cstorm_resources(void);

/* Starts this program again with other arguments. It inherits no descriptors but the standard ones. 0, or the error. */
int cstorm_spawn(char *_Nullable const *_Nonnull words, pid_t *pid);
/* Called by the new process: it ends when its parent ends, and may use all CPUs, not only its parent's. */
void cstorm_end_with_parent(pid_t parent);

/* Whether the calling thread may run on a CPU. */
bool cstorm_may_use(int32_t cpu);

#pragma clang assume_nonnull end
