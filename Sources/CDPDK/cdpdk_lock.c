#define _GNU_SOURCE
#include "include/cdpdk_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int cdpdk_lock_open(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return descriptor < 0 ? -errno : descriptor;
}

static int set_lock(int descriptor, int64_t byte, short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(descriptor, F_SETLK, &lock) == 0 ? 0 : -errno;
}

int cdpdk_lock_take(int descriptor, int64_t byte) { return set_lock(descriptor, byte, F_WRLCK); }

int cdpdk_lock_share(int descriptor, int64_t byte) { return set_lock(descriptor, byte, F_RDLCK); }

int cdpdk_lock_release(int descriptor, int64_t byte) { return set_lock(descriptor, byte, F_UNLCK); }

int cdpdk_lock_probe(int descriptor, int64_t byte, int32_t *pid) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    *pid = 0;
    if (fcntl(descriptor, F_GETLK, &lock) != 0)
        return -errno;
    if (lock.l_type == F_UNLCK)
        return 0;
    *pid = lock.l_pid > 0 ? lock.l_pid : 0;
    return 1;
}
