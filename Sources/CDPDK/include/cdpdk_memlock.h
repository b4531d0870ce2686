/*
 * EAL's lock on memory, in shared memory: every process has it for reading during all of its start, and whoever has the
 * heap grow or shrink has it for writing. Nothing frees it if its holder dies.
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

/* Lets others read though one waits that wants to write. */
void cdpdk_memlock_admit_readers(void);

/* Takes the lock from so many readers, who are dead. False if it has another number of them, or a writer. */
bool cdpdk_memlock_drop_readers(uint32_t readers);

#pragma clang assume_nonnull end
