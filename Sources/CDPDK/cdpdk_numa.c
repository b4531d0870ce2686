#define _GNU_SOURCE

#if __has_include(<numa.h>) && __has_include(<numaif.h>)

#include "include/cdpdk_numa.h"

#include <errno.h>
#include <numa.h>
#include <numaif.h>
#include <sched.h>
#include <stdint.h>
#include <sys/sysinfo.h>
#include <unistd.h>

bool cdpdk_numa_available(void) {
    /* Up to libnuma 2.0.16, numa_available() says yes even if a container forbids the call with EPERM. */
    if (numa_available() < 0 || get_mempolicy(NULL, NULL, 0, NULL, 0) < 0)
        return false;
    /* Without this folder libnuma guesses, and prints a warning. */
    return access("/sys/devices/system/node", R_OK) == 0;
}

int cdpdk_numa_node_limit(void) { return numa_max_node() + 1; }

bool cdpdk_numa_node_exists(int node) {
    return node >= 0 && node <= numa_max_node() && numa_bitmask_isbitset(numa_nodes_ptr, (unsigned int)node);
}

int cdpdk_numa_distance(int from, int to) { return numa_distance(from, to); }

size_t cdpdk_numa_cpus_of_node(int node, int *cpus, size_t capacity) {
    struct bitmask *mask = numa_allocate_cpumask();
    if (mask == NULL)
        return 0;
    size_t found = 0;
    if (numa_node_to_cpus(node, mask) == 0) {
        for (unsigned int cpu = 0; cpu < mask->size; cpu++) {
            if (!numa_bitmask_isbitset(mask, cpu))
                continue;
            if (found < capacity)
                cpus[found] = (int)cpu;
            found++;
        }
    }
    numa_free_cpumask(mask);
    return found;
}

int cdpdk_numa_configured_cpus(void) { return get_nprocs_conf(); }

int cdpdk_numa_current_cpu(void) { return sched_getcpu(); }

int cdpdk_numa_page_nodes(const void *first, size_t page_size, size_t count, int *nodes) {
    enum { BATCH = 256 };
    void *pages[BATCH];
    for (size_t done = 0; done < count;) {
        size_t batch = count - done < BATCH ? count - done : BATCH;
        for (size_t i = 0; i < batch; i++)
            pages[i] = (void *)((uintptr_t)first + (done + i) * page_size);
        if (move_pages(0, batch, pages, NULL, nodes + done, 0) < 0)
            return errno;
        done += batch;
    }
    return 0;
}

size_t cdpdk_numa_page_size(void) { return (size_t)getpagesize(); }

#endif
