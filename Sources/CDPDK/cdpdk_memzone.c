#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memzone.h"

_Static_assert(CDPDK_MEMZONE_NAME_MAX == RTE_MEMZONE_NAMESIZE - 1, "length of a zone's name");

static void fill(const struct rte_memzone *zone, struct cdpdk_memzone_view *view) {
    *view = (struct cdpdk_memzone_view){.address = zone->addr, .length = zone->len, .page_size = zone->hugepage_sz};
}

int cdpdk_memzone_reserve(const char *name, uint64_t length, int socket, struct cdpdk_memzone_view *view) {
    const struct rte_memzone *zone = rte_memzone_reserve_aligned(name, length, socket, 0, 64);
    if (zone == NULL)
        return rte_errno != 0 ? rte_errno : ENOMEM;
    fill(zone, view);
    return 0;
}

int cdpdk_memzone_lookup(const char *name, struct cdpdk_memzone_view *view) {
    const struct rte_memzone *zone = rte_memzone_lookup(name);
    if (zone == NULL)
        return ENOENT;
    fill(zone, view);
    return 0;
}

int cdpdk_memzone_free(const char *name) {
    const struct rte_memzone *zone = rte_memzone_lookup(name);
    return zone == NULL ? ENOENT : -rte_memzone_free(zone);
}

#endif
