/* Functions for threads that are the C library's own and not in POSIX. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* sched_getaffinity: writes the first `capacity` CPUs that the calling thread may run on, in rising order. Returns how
 * many it wrote, or -errno. */
int cdpdk_affinity(int *cpus, size_t capacity);

/* gettid: the calling thread's id in the kernel. */
int32_t cdpdk_thread_id(void);

/* pthread_setname_np: names the calling thread; a name has 15 bytes at most. */
void cdpdk_thread_set_name(const char *name);

/* sched_setaffinity: lets the thread with this id (0 for the calling one) run only on these CPUs. 0, or -errno. */
int cdpdk_set_affinity(int32_t thread, const int *cpus, size_t count);

#pragma clang assume_nonnull end
