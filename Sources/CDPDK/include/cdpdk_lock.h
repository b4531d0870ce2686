/*
 * Record locks of the kernel (fcntl), which end with the process that holds them, SIGKILL included.
 *
 * The file is opened once in a process: closing any descriptor of it would drop every lock of the process.
 */
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

/* Opens the lock file for reading and writing, O_CLOEXEC, and makes it if it is missing. A descriptor, or -errno. */
int cdpdk_lock_open(const char *path);

/* Takes the lock of one byte without waiting. 0, or -EAGAIN if another process has it, or another -errno. */
int cdpdk_lock_take(int descriptor, int64_t byte);

/* Releases the lock of one byte. 0, or -errno. */
int cdpdk_lock_release(int descriptor, int64_t byte);

/* Who has the lock of one byte: 1 and the pid (0 in another pid namespace) if another process has it, 0 if
 * nobody else has, or -errno. Says nothing about the calling process's own locks. */
int cdpdk_lock_probe(int descriptor, int64_t byte, int32_t *pid);

#pragma clang assume_nonnull end
