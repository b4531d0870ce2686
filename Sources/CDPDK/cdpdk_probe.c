#include "cdpdk_dpdk.h"

/* If a package is missing, only this file says so, and the others compile to nothing. */
#if !__has_include(<rte_config.h>) || !__has_include(<numa.h>)
#error "DPDK or libnuma was not found: install them with 'apt-get install libdpdk-dev libnuma-dev', then build again"
#endif

#ifndef CDPDK_NO_DPDK

#include <stdio.h>

#include "include/cdpdk_probe.h"
#include "include/cdpdk_registry.h"

uint32_t cdpdk_version_number(void) {
    /* Functions such as rte_version_year() are experimental in 22.11. This reads the text, as in "DPDK 26.11.0-rc1". */
    unsigned year, month, minor, candidate = 99;
    if (sscanf(rte_version(), "%*[^0-9]%u.%u.%u-rc%u", &year, &month, &minor, &candidate) < 3)
        return RTE_VERSION;
    return RTE_VERSION_NUM(year, month, minor, candidate);
}

const char *cdpdk_version_string(void) { return rte_version(); }

uint32_t cdpdk_magic(void) { return RTE_MAGIC; }

uint32_t cdpdk_max_lcore(void) { return RTE_MIN((uint32_t)RTE_MAX_LCORE, CDPDK_REGISTRY_LCORES); }

const char *cdpdk_runtime_directory(void) { return rte_eal_get_runtime_dir(); }

#endif
