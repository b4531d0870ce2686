#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memlock.h"
#include "include/cdpdk_memzone.h"

#include <rte_eal_memconfig.h>
#include <rte_fbarray.h>
#include <rte_rwlock.h>
#include <string.h>

#define WORDS 64 /* of the configuration, in which its locks come early */

static uint32_t *word, *zone_word;
static struct rte_fbarray *zones;

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
    if (!remember(configuration))
        return;
    rte_memzone_walk(look_at_words, NULL);
    for (unsigned i = 0; i < WORDS; i += 2)
        if (strcmp((char *)(start + i), "memzone") == 0)
            zones = (struct rte_fbarray *)(start + i);
}

uint32_t cdpdk_zonelock(void) { return zone_word != NULL ? __atomic_load_n(zone_word, __ATOMIC_ACQUIRE) : 0; }

bool cdpdk_zonelock_is_read(uint32_t value) { return value >= RTE_RWLOCK_READ; }

/* Frees a lock whose word has not changed. Those who wait to write say so again. */
static bool free_word(uint32_t *lock, uint32_t value) {
    return __atomic_compare_exchange_n(lock, &value, 0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void cdpdk_zonelock_free(uint32_t value) {
    if (zone_word == NULL)
        return;
    /* The list of zones has a lock of its own, which is only taken under this one. */
    if (zones != NULL)
        __atomic_store_n(&zones->rwlock.cnt, 0, __ATOMIC_RELAXED);
    free_word(zone_word, value);
}

uint32_t cdpdk_memlock_readers(void) {
    uint32_t value = word != NULL ? __atomic_load_n(word, __ATOMIC_ACQUIRE) : 0;
    return (value & RTE_RWLOCK_WRITE) != 0 ? 0 : value / RTE_RWLOCK_READ;
}

bool cdpdk_memlock_is_written(void) {
    return word != NULL && (__atomic_load_n(word, __ATOMIC_ACQUIRE) & RTE_RWLOCK_WRITE) != 0;
}

bool cdpdk_memlock_is_awaited(void) {
    return word != NULL && __atomic_load_n(word, __ATOMIC_ACQUIRE) == RTE_RWLOCK_WAIT;
}

void cdpdk_memlock_admit_readers(void) {
    if (word != NULL)
        __atomic_fetch_and(word, ~(uint32_t)RTE_RWLOCK_WAIT, __ATOMIC_RELAXED);
}

bool cdpdk_memlock_drop_readers(uint32_t readers) {
    uint32_t value = readers * RTE_RWLOCK_READ;
    return word != NULL && (free_word(word, value) || free_word(word, value | RTE_RWLOCK_WAIT));
}

#endif
