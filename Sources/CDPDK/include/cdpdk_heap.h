/*
 * The lock of EAL's heaps, in shared memory. A process that is killed while it allocates or frees memory, as each does
 * in its start, leaves it taken. Then it can be set free if the lists of the heap are whole.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* Finds the heaps in EAL's configuration. Those that do not look as they do in the known releases of DPDK are left
 * alone. After the start of EAL, before other threads use it. */
void cdpdk_heap_find(const char *configuration);

/* 0 if no heap is locked now; else a number that changes with what is in the locked ones. */
uint64_t cdpdk_heap_locked(void);

/* Unlocks the heaps of a dead process. False if the lists of one are not whole: nobody can use that heap any more. */
bool cdpdk_heap_unlock(void);

#pragma clang assume_nonnull end
