/* The environment abstraction layer (EAL): start, end, log, lcores and time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* rte_errno of the calling thread. */
int cdpdk_errno(void);

/* rte_strerror: the text for an error number. */
const char *cdpdk_strerror(int number);

/* Loads the DPDK libraries that are installed beside librte_eal in the same version, except drivers. A primary calls it
 * before cdpdk_eal_init, so that it has every shared list that the libraries of a secondary need. A library that cannot
 * be loaded is left out. */
void cdpdk_load_libraries(void);

/* rte_eal_init: the number of arguments that EAL took, or -1 with the error in cdpdk_errno(). */
int cdpdk_eal_init(int count, char *_Nullable *_Nonnull arguments);

/* rte_eal_cleanup: 0, or a negative error number. */
int cdpdk_eal_cleanup(void);

/* rte_eal_process_type: whether this process is the primary. */
bool cdpdk_is_primary(void);

/* rte_eal_primary_proc_alive. Only for a secondary: the primary would drop the lock that this function tests. */
bool cdpdk_primary_is_alive(void);

/* rte_dev_is_probed: whether a driver runs the virtual device (--vdev) of this name. */
bool cdpdk_device_is_up(const char *name);

/* rte_openlog_stream: keeps EAL's log lines in memory, and if `echo` is true also writes them to standard error. 0, or
 * -errno. */
int cdpdk_log_capture(bool echo);

/* Gets the level of a line (RTE_LOG_…), the name of the component of DPDK that logged it, and its text. */
typedef void cdpdk_log_handler(int level, const char *component, const char *line);

/* From now on, the thread that logs a line calls the handler with it, and `echo` is ignored. Null removes the handler.
 * Lines that the handler itself logs are only kept. */
void cdpdk_log_set_handler(cdpdk_log_handler *_Nullable handler);

/* rte_log: logs a line of this library, as an error. */
void cdpdk_log_error(const char *line);
/* How many lines have been logged so far. */
uint64_t cdpdk_log_count(void);

/* Copies line `number`, counted from 0, without its newline and cut to `size` bytes. False if it is no longer kept. */
bool cdpdk_log_line(uint64_t number, char *buffer, size_t size);

/* rte_lcore_id. */
uint32_t cdpdk_lcore_id(void);
/* rte_get_main_lcore. */
uint32_t cdpdk_main_lcore(void);
/* rte_lcore_is_enabled. */
bool cdpdk_lcore_is_enabled(uint32_t lcore);
/* rte_lcore_cpuset: the first CPU of an lcore, or -1 if it has none. */
int cdpdk_lcore_cpu(uint32_t lcore);
/* rte_socket_id: the NUMA node of the calling thread. */
uint32_t cdpdk_socket_id(void);
/* rte_eal_remote_launch: 0, or -EBUSY. */
int cdpdk_remote_launch(int (*body)(void *_Nullable argument), void *_Nullable argument, uint32_t lcore);
/* rte_eal_get_lcore_state: whether the lcore runs a function; a service lcore always does. If not, the caller sees
 * everything that the function wrote. */
bool cdpdk_lcore_is_running(uint32_t lcore);

/* rte_service_finalize: gives back the shared memory that the start took for services, unless this process has some, or
 * lcores for them. It can have none afterwards. */
void cdpdk_give_up_services(void);

/* rte_service_lcore_reset_all: stops the service lcores of this process, and waits until they have stopped. */
void cdpdk_stop_services(void);

/* A hash of the names of the mempool operations that this process has registered, in their order. Shared lists (tailqs)
 * are not part of it: EAL itself refuses a secondary with a list that the primary lacks. */
uint64_t cdpdk_library_set(void);

/* clock_gettime: nanoseconds of CLOCK_MONOTONIC, the same clock in all processes of the machine. */
uint64_t cdpdk_monotonic_nanoseconds(void);
/* rte_delay_us_sleep: sleeps for the whole time, also if signals arrive meanwhile. */
void cdpdk_sleep_microseconds(uint32_t microseconds);

#pragma clang assume_nonnull end
