/*
 * What DPDK and the machine say before EAL is started.
 *
 * Nothing here needs EAL, and nothing here changes it. All of it may be called from any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* RTE_VERSION of the DPDK library that is loaded: one byte each for year, month, minor and release, the last 99 for
 * what is no release candidate. A primary writes it into its group's configuration, and a secondary compares: an update
 * of the library changes it, and the headers that this was compiled with do not. */
uint32_t cdpdk_version_number(void);

/* rte_version: the version of the DPDK library that is loaded, for instance "DPDK 22.11.11". Static storage. */
const char *cdpdk_version_string(void);

/* RTE_MAGIC: the number that a primary writes at the head of its group's configuration once it is ready. */
uint32_t cdpdk_magic(void);

/* RTE_MAX_LCORE: how many lcore ids there are; the highest is one less. */
uint32_t cdpdk_max_lcore(void);

/* rte_eal_get_runtime_dir: the runtime directory of the group for which EAL was started in this process, or tried to;
 * empty before that. Static storage. */
const char *cdpdk_runtime_directory(void);

#pragma clang assume_nonnull end
