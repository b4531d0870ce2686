/* The environment abstraction layer: start, end, lcores, log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* The calling thread's rte_errno. */
int cdpdk_errno(void);

/* What an error number means; never null. */
const char *cdpdk_strerror(int number);

/* Loads the DPDK libraries that are installed beside librte_eal and of its version, but no drivers, so that a secondary
 * finds each list that its own libraries share. Before cdpdk_eal_init, in a primary. What cannot be loaded is left out.
 */
void cdpdk_load_libraries(void);

/* rte_eal_init: the number of arguments taken, or -1 with cdpdk_errno(). */
int cdpdk_eal_init(int count, char *_Nullable *_Nonnull arguments);

/* rte_eal_cleanup: 0, or a negative error number. */
int cdpdk_eal_cleanup(void);

/* rte_eal_process_type() == RTE_PROC_PRIMARY. */
bool cdpdk_is_primary(void);

/* rte_eal_primary_proc_alive. In a secondary only: in the primary it would drop the lock that it looks at. */
bool cdpdk_primary_is_alive(void);

/* Whether a virtual device (--vdev) has a driver that runs it. */
bool cdpdk_device_is_up(const char *name);

/* Keeps EAL's log lines in memory, and writes them to standard error as well if `echo` is true. 0, or -errno. */
int cdpdk_log_capture(bool echo);

/* Takes a line, without its newline, with its level (RTE_LOG_…) and the name of the part of DPDK that logged it. */
typedef void cdpdk_log_handler(int level, const char *component, const char *line);

/* Has a handler called for each line that is logged from now on, by the thread that logs it, in place of `echo`; nobody
 * if null. Lines that the handler causes itself are only kept. */
void cdpdk_log_set_handler(cdpdk_log_handler *_Nullable handler);

/* How many lines were logged so far. */
uint64_t cdpdk_log_count(void);

/* Copies line `number` (0 is the first ever logged), without its newline, cut to `size`. False if it is gone. */
bool cdpdk_log_line(uint64_t number, char *buffer, size_t size);

/* Lcores. */
uint32_t cdpdk_lcore_id(void);
uint32_t cdpdk_main_lcore(void);
bool cdpdk_lcore_is_enabled(uint32_t lcore);
/* The first CPU of an lcore, or -1. */
int cdpdk_lcore_cpu(uint32_t lcore);
/* rte_socket_id: the node of the calling thread. */
uint32_t cdpdk_socket_id(void);
/* rte_eal_remote_launch: 0, or -EBUSY. */
int cdpdk_remote_launch(int (*body)(void *_Nullable argument), void *_Nullable argument, uint32_t lcore);
/* Whether the lcore runs something now; a service lcore always does. What the lcore did before is visible then. */
bool cdpdk_lcore_is_running(uint32_t lcore);

/* Ends what the service lcores of this process run, and waits for it. */
void cdpdk_stop_services(void);

/* A number for the set of mempool operations that this process has registered, in order. Of the shared lists (tailqs),
 * EAL itself refuses a secondary that has one which the primary has not. */
uint64_t cdpdk_library_set(void);

/* Nanoseconds of CLOCK_MONOTONIC, which is the same in all processes of the machine. */
uint64_t cdpdk_monotonic_nanoseconds(void);
void cdpdk_sleep_microseconds(uint32_t microseconds);

#pragma clang assume_nonnull end
