#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cdpdk_dpdk.h"

/* Only this file says what is missing; the others compile to nothing then. */
#if !__has_include(<rte_config.h>) || !__has_include(<numa.h>)
#error "DPDK or libnuma was not found: install them with 'apt-get install libdpdk-dev libnuma-dev', then build again"
#endif

#ifndef CDPDK_NO_DPDK

#include <stdio.h>
#include <string.h>

#include "include/cdpdk_probe.h"

uint32_t cdpdk_version_number(void) {
    /* rte_version_year() and its kin are not stable in 22.11; the text is, since 2.0: "DPDK 26.11.0-rc1". */
    const char *text = rte_version();
    unsigned int year, month, minor, candidate;
    int found;

    text += strcspn(text, "0123456789");
    found = sscanf(text, "%u.%u.%u-rc%u", &year, &month, &minor, &candidate);
    if (found < 3)
        return (uint32_t)RTE_VERSION;
    return (uint32_t)RTE_VERSION_NUM(year, month, minor, found == 4 ? candidate : 99u);
}

const char *cdpdk_version_string(void) { return rte_version(); }

uint32_t cdpdk_magic(void) { return RTE_MAGIC; }

uint32_t cdpdk_max_lcore(void) { return RTE_MAX_LCORE; }

const char *cdpdk_runtime_directory(void) { return rte_eal_get_runtime_dir(); }

#endif
