#define _GNU_SOURCE
#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_eal.h"

#include <dlfcn.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <pthread.h>
#include <rte_cycles.h>
#include <rte_service.h>
#include <rte_service_component.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int cdpdk_errno(void) { return rte_errno; }

const char *cdpdk_strerror(int number) { return rte_strerror(number); }
int cdpdk_eal_init(int count, char **arguments) { return rte_eal_init(count, arguments); }
int cdpdk_eal_cleanup(void) { return rte_eal_cleanup(); }
bool cdpdk_is_primary(void) { return rte_eal_process_type() == RTE_PROC_PRIMARY; }
bool cdpdk_primary_is_alive(void) { return rte_eal_primary_proc_alive(NULL) == 1; }

bool cdpdk_device_is_up(const char *name) {
    bool is_up = false;
    struct rte_dev_iterator iterator;
    struct rte_device *device;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations" /* Marked experimental, but unchanged since 18.08. */
    RTE_DEV_FOREACH(device, "bus=vdev", &iterator) {
        if (strcmp(rte_dev_name(device), name) == 0 && rte_dev_is_probed(device))
            is_up = true;
    }
#pragma clang diagnostic pop
    return is_up;
}

/* Log. */

#define LOG_LINES 128
#define LOG_LINE_SIZE 256

static struct {
    pthread_mutex_t mutex;
    char lines[LOG_LINES][LOG_LINE_SIZE];
    uint64_t count; /* whole lines */
    size_t length;  /* of the line being written */
    bool echo;
    FILE *stream;
    cdpdk_log_handler *handler;
} capture = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* Copies the name of a log type, which DPDK tells nowhere but in the output of rte_log_dump. */
static void copy_component(int type, char *name, size_t size) {
    char *dump = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&dump, &length);
    name[0] = 0;
    if (stream == NULL)
        return;
    rte_log_dump(stream);
    fclose(stream);
    char key[32];
    snprintf(key, sizeof key, "\nid %d: ", type);
    const char *found = dump != NULL ? strstr(dump, key) : NULL;
    if (found != NULL)
        snprintf(name, size, "%.*s", (int)strcspn(found + strlen(key), ",\n"), found + strlen(key));
    free(dump);
}

/* Calls the handler with a line, unless the handler itself logged it. Only one thread writes to the stream at a time.
 */
static void hand_over(cdpdk_log_handler *handler, const char *line) {
    static __thread bool is_inside;
    static int last_type = -1;
    static char component[64];
    if (is_inside)
        return;
    is_inside = true;
    int type = rte_log_cur_msg_logtype();
    if (type != last_type)
        copy_component(last_type = type, component, sizeof component);
    handler(rte_log_cur_msg_loglevel(), component, line);
    is_inside = false;
}

static ssize_t capture_write(void *cookie, const char *text, size_t size) {
    cdpdk_log_handler *handler = __atomic_load_n(&capture.handler, __ATOMIC_ACQUIRE);
    for (size_t i = 0; i < size; i++) {
        pthread_mutex_lock(&capture.mutex);
        char *line = capture.lines[capture.count % LOG_LINES];
        bool is_whole = text[i] == '\n';
        if (is_whole) {
            line[capture.length] = 0;
            capture.length = 0;
            capture.count++;
        } else if (capture.length < LOG_LINE_SIZE - 1) {
            line[capture.length++] = text[i];
        }
        pthread_mutex_unlock(&capture.mutex);
        if (is_whole && handler != NULL)
            hand_over(handler, line);
    }
    if (capture.echo && handler == NULL && write(STDERR_FILENO, text, size) < 0) {
        /* Standard error is closed or has no reader. The lines are kept all the same. */
    }
    return (ssize_t)size;
}

int cdpdk_log_capture(bool echo) {
    capture.echo = echo;
    if (capture.stream == NULL) {
        cookie_io_functions_t functions = {.write = capture_write};
        capture.stream = fopencookie(NULL, "w", functions);
        if (capture.stream == NULL)
            return -errno;
        /* Without a buffer: the stream's own would still be in use when a handler logs. */
        setvbuf(capture.stream, NULL, _IONBF, 0);
    }
    return rte_openlog_stream(capture.stream);
}

void cdpdk_log_set_handler(cdpdk_log_handler *handler) {
    __atomic_store_n(&capture.handler, handler, __ATOMIC_RELEASE);
}

void cdpdk_log_error(const char *line) { rte_log(RTE_LOG_ERR, RTE_LOGTYPE_USER1, "%s\n", line); }

uint64_t cdpdk_log_count(void) {
    pthread_mutex_lock(&capture.mutex);
    uint64_t count = capture.count;
    pthread_mutex_unlock(&capture.mutex);
    return count;
}

bool cdpdk_log_line(uint64_t number, char *buffer, size_t size) {
    pthread_mutex_lock(&capture.mutex);
    bool there = size > 0 && number < capture.count && number + LOG_LINES > capture.count;
    if (there)
        snprintf(buffer, size, "%s", capture.lines[number % LOG_LINES]);
    pthread_mutex_unlock(&capture.mutex);
    return there;
}

/* Lcores. */

uint32_t cdpdk_lcore_id(void) { return rte_lcore_id(); }
uint32_t cdpdk_main_lcore(void) { return rte_get_main_lcore(); }
bool cdpdk_lcore_is_enabled(uint32_t lcore) { return lcore < RTE_MAX_LCORE && rte_lcore_is_enabled(lcore); }
uint32_t cdpdk_socket_id(void) { return rte_socket_id(); }

int cdpdk_lcore_cpu(uint32_t lcore) {
    rte_cpuset_t set = rte_lcore_cpuset(lcore);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            return cpu;
    return -1;
}

int cdpdk_remote_launch(int (*body)(void *), void *argument, uint32_t lcore) {
    return rte_eal_remote_launch(body, argument, lcore);
}

bool cdpdk_lcore_is_running(uint32_t lcore) {
    bool runs = rte_eal_get_lcore_state(lcore) != WAIT;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return runs;
}

static bool gave_up_services;

void cdpdk_give_up_services(void) {
    if (gave_up_services || rte_service_lcore_count() > 0 || rte_service_get_count() > 0)
        return;
    gave_up_services = true;
    rte_service_finalize();
}

void cdpdk_stop_services(void) {
    /* DPDK would look into the memory that was given back. */
    if (gave_up_services || rte_service_lcore_count() <= 0)
        return;
    rte_service_lcore_reset_all();
    rte_eal_mp_wait_lcore();
}

/* What is loaded. */

/* Whether a library of this name is in the plug-in folder, from which EAL loads drivers. */
static bool is_driver(const char *library) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", RTE_EAL_PMD_PATH, library);
    return access(path, F_OK) == 0;
}

void cdpdk_load_libraries(void) {
    static const char eal[] = "/librte_eal"; /* followed by a version, as in "/librte_eal.so.23" */
    char pattern[PATH_MAX];
    Dl_info info;
    glob_t found;
    const char *name = NULL;
    if (dladdr((void *)(uintptr_t)rte_eal_init, &info) != 0)
        name = strstr(info.dli_fname, eal);
    /* DPDK is linked statically: the program cannot load more of its libraries. */
    if (name == NULL)
        return;
    snprintf(pattern, sizeof pattern, "%.*s/librte_*%s", (int)(name - info.dli_fname), info.dli_fname,
             name + strlen(eal));
    if (glob(pattern, 0, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (!is_driver(strrchr(found.gl_pathv[i], '/') + 1))
            dlopen(found.gl_pathv[i], RTLD_LAZY);
    globfree(&found);
}

uint64_t cdpdk_library_set(void) {
    uint64_t hash = 0xcbf29ce484222325ull; /* FNV-1a, with the NUL of each name */
    for (unsigned i = 0; i < rte_mempool_ops_table.num_ops; i++) {
        const char *name = rte_mempool_ops_table.ops[i].name;
        do {
            hash = (hash ^ (uint8_t)*name) * 0x100000001b3ull;
        } while (*name++ != 0);
    }
    return hash;
}

/* Time. */

uint64_t cdpdk_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void cdpdk_sleep_microseconds(uint32_t microseconds) { rte_delay_us_sleep(microseconds); }

#endif
