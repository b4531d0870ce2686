/*
 * EAL's lock on memory, in shared memory: every process has it for reading during most of its start, and whoever has
 * the heap grow or shrink has it for writing. And its lock of the list of memory zones, which a start takes, too.
 * Nothing frees them if their holder dies.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* Finds the word of the lock: the one in EAL's configuration that changes while this process has the lock. Until then,
 * and if it is not found, the functions below see no readers. After the start of EAL, before other threads use it. */
void cdpdk_memlock_find(const char *configuration);

/* How many have the lock for reading; 0 if one has it for writing. */
uint32_t cdpdk_memlock_readers(void);

/* Whether one has the lock for writing: the heap grows or shrinks. */
bool cdpdk_memlock_is_written(void);

/* Whether nobody has the lock, and one waits that wants to write, or has died while it waited. */
bool cdpdk_memlock_is_awaited(void);

/* Lets others read though one waits that wants to write. */
void cdpdk_memlock_admit_readers(void);

/* Takes the lock from so many readers, who are dead. False if it has another number of them, or a writer. */
bool cdpdk_memlock_drop_readers(uint32_t readers);

/* Finds the word of the lock of zones, of which there must be one. Until then, and if it is not found, it counts as
 * free. When nobody else uses it. */
void cdpdk_zonelock_find(const char *configuration);

/* The word of the lock of zones: 0 if nobody has it or waits for it. */
uint32_t cdpdk_zonelock(void);

/* Whether those who have it, by this word, read. */
bool cdpdk_zonelock_is_read(uint32_t value);

/* Takes the lock of zones from the dead, if its word is this one. */
void cdpdk_zonelock_free(uint32_t value);

#pragma clang assume_nonnull end
