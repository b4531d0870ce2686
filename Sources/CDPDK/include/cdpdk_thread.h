/* What the C library has for threads beyond POSIX. */
#ifndef CDPDK_THREAD_H
#define CDPDK_THREAD_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* Writes the CPUs that the calling thread may run on to `cpus`, in rising order, and returns how many there are; at
 * most `capacity` of them are written. A negative error number on failure. */
int cdpdk_affinity(int *cpus, size_t capacity);

/* The calling thread's id in the kernel. */
int32_t cdpdk_thread_id(void);

/* Gives the calling thread a name of 15 bytes at most. */
void cdpdk_thread_set_name(const char *name);

/* Has a thread run on these CPUs alone, by its id (0 for the calling one). 0, or -errno. */
int cdpdk_set_affinity(int32_t thread, const int *cpus, size_t count);

#pragma clang assume_nonnull end
#endif
