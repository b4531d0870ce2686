#define _GNU_SOURCE
#include "include/cdpdk_thread.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

int cdpdk_affinity(int *cpus, size_t capacity) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return -errno;
    size_t count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && count < capacity; cpu++)
        if (CPU_ISSET(cpu, &set))
            cpus[count++] = cpu;
    return (int)count;
}

int32_t cdpdk_thread_id(void) { return gettid(); }

void cdpdk_thread_set_name(const char *name) { pthread_setname_np(pthread_self(), name); }

int cdpdk_set_affinity(int32_t thread, const int *cpus, size_t count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t i = 0; i < count; i++)
        if (cpus[i] >= 0 && cpus[i] < CPU_SETSIZE)
            CPU_SET(cpus[i], &set);
    return sched_setaffinity(thread, sizeof set, &set) == 0 ? 0 : -errno;
}
