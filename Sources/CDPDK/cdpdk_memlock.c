#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memlock.h"
#include "include/cdpdk_memzone.h"

#include <rte_eal_memconfig.h>
#include <rte_rwlock.h>
#include <string.h>

#define WORDS 64 /* of the configuration, in which its locks come early */

static uint32_t *word;

void cdpdk_memlock_find(const char *configuration) {
    uint64_t length;
    uint32_t *start = cdpdk_mapping_of(configuration, &length);
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

bool cdpdk_memlock_is_written(void) {
    return word != NULL && (__atomic_load_n(word, __ATOMIC_ACQUIRE) & RTE_RWLOCK_WRITE) != 0;
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
