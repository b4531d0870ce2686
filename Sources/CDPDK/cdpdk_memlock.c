#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memlock.h"

#include <limits.h>
#include <rte_eal_memconfig.h>
#include <rte_rwlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 64 /* of the configuration, in which its locks come early */

static uint32_t *word;

/* Where a file is mapped in this process, or null. Opening the file here would drop EAL's own lock on it at the end. */
static uint32_t *mapping_of(const char *path) {
    char line[PATH_MAX + 128];
    char real[PATH_MAX];
    uint32_t *start = NULL;
    FILE *maps = realpath(path, real) != NULL ? fopen("/proc/self/maps", "re") : NULL;
    if (maps == NULL)
        return NULL;
    size_t length = strlen(real);
    while (start == NULL && fgets(line, sizeof line, maps) != NULL) {
        const char *name = strchr(line, '/');
        if (name != NULL && strncmp(name, real, length) == 0 && name[length] == '\n')
            start = (uint32_t *)(uintptr_t)strtoull(line, NULL, 16);
    }
    fclose(maps);
    return start;
}

void cdpdk_memlock_find(const char *configuration) {
    uint32_t *start = mapping_of(configuration);
    uint32_t before[WORDS];
    uint32_t *found = NULL;
    unsigned count = 0;
    if (start == NULL)
        return;
    memcpy(before, start, sizeof before);
    rte_mcfg_mem_write_lock();
    for (unsigned i = 0; i < WORDS; i++)
        if (before[i] == 0 && __atomic_load_n(start + i, __ATOMIC_RELAXED) == RTE_RWLOCK_WRITE) {
            found = start + i;
            count++;
        }
    rte_mcfg_mem_write_unlock();
    if (count == 1)
        word = found;
}

uint32_t cdpdk_memlock_readers(void) {
    uint32_t value = word != NULL ? __atomic_load_n(word, __ATOMIC_ACQUIRE) : 0;
    return (value & RTE_RWLOCK_WRITE) != 0 ? 0 : value / RTE_RWLOCK_READ;
}

void cdpdk_memlock_admit_readers(void) {
    if (word != NULL)
        __atomic_fetch_and(word, ~(uint32_t)RTE_RWLOCK_WAIT, __ATOMIC_RELAXED);
}

bool cdpdk_memlock_drop_readers(uint32_t readers) {
    for (uint32_t wait = 0; word != NULL && wait <= RTE_RWLOCK_WAIT; wait += RTE_RWLOCK_WAIT) {
        uint32_t expected = readers * RTE_RWLOCK_READ | wait;
        if (__atomic_compare_exchange_n(word, &expected, wait, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            return true;
    }
    return false;
}

#endif
