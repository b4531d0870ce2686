#define _GNU_SOURCE
#include "include/CStorm.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ring.h>

extern char **environ;

#define RINGS_MAX 64

struct cstorm_map {
    struct rte_mempool *pool;
    struct rte_ring *rings[RINGS_MAX];
    uint32_t ring_count;
    void **packets;   /* all of the pool, by address */
    uint8_t *places;  /* how often each was found */
    bool *is_doubled; /* whether it was found more than once in any view */
};

static int by_address(const void *left, const void *right) {
    uintptr_t a = *(const uintptr_t *)left, b = *(const uintptr_t *)right;
    return (a > b) - (a < b);
}

static void note_packet(struct rte_mempool *pool, void *packets, void *packet, unsigned int index) {
    (void)pool;
    ((void **)packets)[index] = packet;
}

struct cstorm_map *cstorm_map_open(const char *name) {
    struct rte_mempool *pool = rte_mempool_lookup(name);
    if (pool == NULL || strncmp(rte_mempool_get_ops(pool->ops_index)->name, "ring_", 5) != 0)
        return NULL;
    struct cstorm_map *map = calloc(1, sizeof(*map));
    if (map == NULL)
        return NULL;
    map->pool = pool;
    map->packets = calloc(pool->size, sizeof(*map->packets));
    map->places = calloc(pool->size, sizeof(*map->places));
    map->is_doubled = calloc(pool->size, sizeof(*map->is_doubled));
    if (map->packets == NULL || map->places == NULL || map->is_doubled == NULL)
        abort();
    rte_mempool_obj_iter(pool, note_packet, map->packets);
    qsort(map->packets, pool->size, sizeof(*map->packets), by_address);
    return map;
}

bool cstorm_map_add_ring(struct cstorm_map *map, const char *name) {
    struct rte_ring *ring = rte_ring_lookup(name);
    if (ring == NULL || map->ring_count == RINGS_MAX)
        return false;
    map->rings[map->ring_count++] = ring;
    return true;
}

/* Notes that a packet was found, and whether it is as a packet of this place should be. */
static void find(struct cstorm_map *map, void *packet, bool is_free, struct cstorm_view *view) {
    void **found = bsearch(&packet, map->packets, map->pool->size, sizeof(*map->packets), by_address);
    if (found == NULL) {
        view->damaged++;
        return;
    }
    uint32_t index = (uint32_t)(found - map->packets);
    const struct rte_mbuf *mbuf = packet;
    if (is_free && (rte_mbuf_refcnt_read(mbuf) != 1 || mbuf->next != NULL || mbuf->nb_segs != 1))
        view->damaged++;
    if (map->places[index] < UINT8_MAX)
        map->places[index]++;
    if (map->places[index] > 1 && !map->is_doubled[index]) {
        map->is_doubled[index] = true;
        view->doubled++;
    }
}

static uint32_t find_all(struct cstorm_map *map, struct rte_ring *ring, bool is_free, struct cstorm_view *view) {
    void **slots = (void **)&ring[1];
    uint32_t first = __atomic_load_n(&ring->cons.tail, __ATOMIC_ACQUIRE);
    uint32_t count = __atomic_load_n(&ring->prod.tail, __ATOMIC_ACQUIRE) - first;
    for (uint32_t i = 0; i < count && i < ring->size; i++)
        find(map, slots[(first + i) & ring->mask], is_free, view);
    return count;
}

struct cstorm_view cstorm_map_look(struct cstorm_map *map) {
    struct cstorm_view view = {.capacity = map->pool->size};
    struct rte_ring *ring = map->pool->pool_data;
    memset(map->places, 0, map->pool->size * sizeof(*map->places));
    view.free = find_all(map, ring, true, &view);
    for (uint32_t lcore = 0; map->pool->cache_size > 0 && lcore < RTE_MAX_LCORE; lcore++) {
        struct rte_mempool_cache *cache = &map->pool->local_cache[lcore];
        for (uint32_t i = 0; i < cache->len && i < RTE_DIM(cache->objs); i++, view.free++)
            find(map, cache->objs[i], true, &view);
    }
    for (uint32_t i = 0; i < map->ring_count; i++)
        view.in_rings += find_all(map, map->rings[i], false, &view);
    for (uint32_t i = 0; i < map->pool->size; i++)
        view.missing += map->places[i] == 0;
    view.is_blocked = ring->prod.head != ring->prod.tail || ring->cons.head != ring->cons.tail;
    return view;
}

/* How many entries a folder has. */
static uint32_t entries(const char *path) {
    uint32_t count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

struct cstorm_resources cstorm_resources(void) {
    struct cstorm_resources resources = {
        .descriptors = entries("/proc/self/fd"),
        .threads = entries("/proc/self/task"),
    };
    struct rte_malloc_socket_stats stats;
    for (int socket = 0; socket < RTE_MAX_NUMA_NODES; socket++)
        if (rte_malloc_get_socket_stats(socket, &stats) == 0)
            resources.heap_bytes += stats.heap_allocsz_bytes;
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;
    if (file != NULL) {
        if (fscanf(file, "%*u %lu", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    resources.resident_kilobytes = (uint32_t)(pages * (unsigned long)sysconf(_SC_PAGESIZE) / 1024);
    return resources;
}

int cstorm_spawn(char *const *words, pid_t *pid) {
    /* By its own path, so that the process has the program's name. */
    char path[PATH_MAX] = "";
    if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0)
        return errno;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    int status = posix_spawn(pid, path, &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

void cstorm_end_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    /* EAL has pinned the parent to a CPU, which is inherited. */
    cpu_set_t all;
    memset(&all, 0xff, sizeof(all));
    sched_setaffinity(0, sizeof(all), &all);
}

bool cstorm_may_use(int32_t cpu) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_ISSET(cpu, &set);
}
