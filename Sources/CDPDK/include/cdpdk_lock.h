/*
 * Record locks of the kernel (fcntl). They end with the process that holds them, also if it dies of SIGKILL.
 *
 * A process opens the file once: closing any descriptor of the file would drop all locks of the process.
 */
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

/* open: opens the lock file for reading and writing, or creates it. A descriptor, closed on exec, or -errno. */
int cdpdk_lock_open(const char *path);

/* fcntl(F_SETLK): takes the lock of one byte without waiting. 0, or -errno, -EAGAIN if another process has it. */
int cdpdk_lock_take(int descriptor, int64_t byte);

/* The same, but other processes can share it. */
int cdpdk_lock_share(int descriptor, int64_t byte);

/* fcntl(F_SETLK): releases the lock of one byte. 0, or -errno. */
int cdpdk_lock_release(int descriptor, int64_t byte);

/* fcntl(F_GETLK): 1 if another process has the lock of one byte, with its pid (0 if it is in another pid namespace); 0
 * if none has, or only the calling process; or -errno. */
int cdpdk_lock_probe(int descriptor, int64_t byte, int32_t *pid);

#pragma clang assume_nonnull end
