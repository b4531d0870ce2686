#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memlock.h"
#include "include/cdpdk_memzone.h"

#include <rte_eal_memconfig.h>
#include <rte_rwlock.h>
#include <string.h>

#define WORDS 64 /* of the configuration, in which its locks come early */

static uint32_t *word, *zone_word;

/* The words of the configuration before this process takes a lock. */
static uint32_t *start, before[WORDS];

static bool remember(const char *configuration) {
    uint64_t length;
    start = cdpdk_mapping_of(configuration, &length);
    if (start != NULL)
        memcpy(before, start, sizeof before);
    return start != NULL;
}

/* The word that has become `value`, if there is only one. */
static uint32_t *changed_to(uint32_t value) {
    uint32_t *found = NULL;
    unsigned count = 0;
    for (unsigned i = 0; i < WORDS; i++)
        if (before[i] == 0 && __atomic_load_n(start + i, __ATOMIC_RELAXED) == value) {
            found = start + i;
            count++;
        }
    return count == 1 ? found : NULL;
}

void cdpdk_memlock_find(const char *configuration) {
    if (!remember(configuration))
        return;
    rte_mcfg_mem_write_lock();
    word = changed_to(RTE_RWLOCK_WRITE);
    rte_mcfg_mem_write_unlock();
}

/* Called for each zone, with the lock taken for reading. */
static void look_at_words(const struct rte_memzone *zone, void *unused) {
    (void)zone;
    (void)unused;
    zone_word = changed_to(RTE_RWLOCK_READ);
}

void cdpdk_zonelock_find(const char *configuration) {
    if (remember(configuration))
        rte_memzone_walk(look_at_words, NULL);
}

uint32_t cdpdk_zonelock(void) {
    return zone_word != NULL ? __atomic_load_n(zone_word, __ATOMIC_ACQUIRE) & ~(uint32_t)RTE_RWLOCK_WAIT : 0;
}

void cdpdk_zonelock_free(uint32_t value) {
    for (uint32_t wait = 0; zone_word != NULL && wait <= RTE_RWLOCK_WAIT; wait += RTE_RWLOCK_WAIT) {
        uint32_t expected = value | wait;
        __atomic_compare_exchange_n(zone_word, &expected, wait, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
    }
}

uint32_t cdpdk_memlock_readers(void) {
    uint32_t value = word != NULL ? __atomic_load_n(word, __ATOMIC_ACQUIRE) : 0;
    return (value & RTE_RWLOCK_WRITE) != 0 ? 0 : value / RTE_RWLOCK_READ;
}

bool cdpdk_memlock_is_written(void) {
    return word != NULL && (__atomic_load_n(word, __ATOMIC_ACQUIRE) & RTE_RWLOCK_WRITE) != 0;
}

bool cdpdk_memlock_is_taken(void) { return word != NULL && __atomic_load_n(word, __ATOMIC_ACQUIRE) != 0; }

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
