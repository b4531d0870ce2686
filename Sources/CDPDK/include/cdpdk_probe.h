/*
 * What can be asked of DPDK before EAL is started.
 *
 * These functions need no EAL and change nothing. They may be called from any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* RTE_VERSION of the DPDK library that is loaded, not of the headers that this was compiled with: one byte each for
 * year, month, minor and release candidate, the last 99 if it is none. A primary writes it into its group's
 * configuration, and a secondary compares. */
uint32_t cdpdk_version_number(void);

/* rte_version: the version of the DPDK library that is loaded, for example "DPDK 22.11.11", in static storage. */
const char *cdpdk_version_string(void);

/* RTE_MAGIC: the number that a primary writes at the start of its group's configuration when it is ready. */
uint32_t cdpdk_magic(void);

/* Lcore ids are below it: RTE_MAX_LCORE, but no more than the registry has bits for. */
uint32_t cdpdk_max_lcore(void);

/* rte_eal_get_runtime_dir: the runtime directory of the group that this process started EAL for, or tried to; empty
 * before that. Static storage. */
const char *cdpdk_runtime_directory(void);

#pragma clang assume_nonnull end
