#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include <errno.h>
#include <sched.h>
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

uint32_t cdpdk_max_numa_nodes(void) { return RTE_MAX_NUMA_NODES; }

const char *cdpdk_runtime_directory(void) { return rte_eal_get_runtime_dir(); }

int cdpdk_affinity(int *cpus, size_t capacity) {
    cpu_set_t set;
    int count = 0;

    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return -errno;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (!CPU_ISSET(cpu, &set))
            continue;
        if ((size_t)count < capacity)
            cpus[count] = cpu;
        count++;
    }
    return count;
}

#endif
