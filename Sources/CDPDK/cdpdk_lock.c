#define _GNU_SOURCE
#include "include/cdpdk_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int cdpdk_lock_open(const char *path) {
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return descriptor < 0 ? -errno : descriptor;
}

static int set_lock(int descriptor, int64_t byte, short type) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    if (fcntl(descriptor, F_SETLK, &lock) == 0)
        return 0;
    return errno == EACCES ? -EAGAIN : -errno;
}

int cdpdk_lock_take(int descriptor, int64_t byte) { return set_lock(descriptor, byte, F_WRLCK); }

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

struct thread_start {
    void (*body)(void *);
    void *argument;
};

static void *thread_main(void *argument) {
    struct thread_start start = *(struct thread_start *)argument;
    free(argument);
    start.body(start.argument);
    return NULL;
}

int cdpdk_thread_start(void (*body)(void *), void *argument, const int *cpus, size_t cpu_count) {
    struct thread_start *start = malloc(sizeof *start);
    if (start == NULL)
        return -ENOMEM;
    *start = (struct thread_start){body, argument};
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    int status = pthread_create(&thread, NULL, thread_main, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (status != 0) {
        free(start);
        return -status;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t i = 0; i < cpu_count; i++)
        if (cpus[i] >= 0 && cpus[i] < CPU_SETSIZE)
            CPU_SET(cpus[i], &set);
    if (CPU_COUNT(&set) > 0)
        pthread_setaffinity_np(thread, sizeof set, &set);
    pthread_setname_np(thread, "dpdkmp-control");
    pthread_detach(thread);
    return 0;
}
