#define _GNU_SOURCE
#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_memzone.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

_Static_assert(CDPDK_MEMZONE_NAME_MAX == RTE_MEMZONE_NAMESIZE - 1, "length of a zone's name");

static void fill(const struct rte_memzone *zone, struct cdpdk_memzone_view *view) {
    *view = (struct cdpdk_memzone_view){
        .address = zone->addr,
        .length = zone->len,
        .page_size = zone->hugepage_sz,
        .zone = (uintptr_t)zone,
    };
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

/* Copies memory that may not be there. */
static bool copy(void *target, uintptr_t source, size_t size) {
    struct iovec to = {.iov_base = target, .iov_len = size};
    struct iovec from = {.iov_base = (void *)source, .iov_len = size};
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == (ssize_t)size;
}

bool cdpdk_memory_is_there(uint64_t address, uint64_t length) {
    char byte;
    return copy(&byte, address, 1) && copy(&byte, address + length - 1, 1);
}

bool cdpdk_memzone_read(uint64_t address, struct cdpdk_memzone_view *view) {
    struct rte_memzone zone;
    if (!copy(&zone, address, sizeof zone) || zone.len == 0 || !cdpdk_memory_is_there(zone.addr_64, zone.len))
        return false;
    fill((const struct rte_memzone *)(uintptr_t)address, view);
    return true;
}

bool cdpdk_memzone_at(uint64_t address, const char *prefix, const char *name, struct cdpdk_memzone_view *view) {
    char whole[RTE_MEMZONE_NAMESIZE];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    return cdpdk_memzone_read(address, view) &&
           strncmp(((const struct rte_memzone *)(uintptr_t)address)->name, whole, sizeof whole) == 0;
}

void *cdpdk_mapping_of(const char *path, uint64_t *length) {
    char line[PATH_MAX + 128];
    char real[PATH_MAX];
    void *start = NULL;
    FILE *maps = realpath(path, real) != NULL ? fopen("/proc/self/maps", "re") : NULL;
    if (maps == NULL)
        return NULL;
    size_t name_length = strlen(real);
    while (start == NULL && fgets(line, sizeof line, maps) != NULL) {
        const char *name = strchr(line, '/');
        if (name != NULL && strncmp(name, real, name_length) == 0 && name[name_length] == '\n') {
            char *end;
            uint64_t address = strtoull(line, &end, 16);
            *length = strtoull(end + 1, NULL, 16) - address;
            start = (void *)(uintptr_t)address;
        }
    }
    fclose(maps);
    return start;
}

/* The zones are the first part of the mapping. What follows them is read as zones without harm. */
static const struct rte_memzone *table;
static uint64_t table_count;

void cdpdk_memzone_find_table(uint64_t zone) {
    char path[PATH_MAX];
    uint64_t length = 0;
    snprintf(path, sizeof path, "%s/fbarray_memzone", rte_eal_get_runtime_dir());
    const char *start = cdpdk_mapping_of(path, &length);
    uint64_t offset = zone - (uintptr_t)start;
    if (start == NULL || offset >= length || offset % sizeof *table != 0)
        return;
    table = (const struct rte_memzone *)start;
    table_count = length / sizeof *table;
}

bool cdpdk_memzone_is_missing(const char *prefix, const char *name) {
    char whole[RTE_MEMZONE_NAMESIZE];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    for (uint64_t i = 0; i < table_count; i++)
        if (strncmp(table[i].name, whole, sizeof whole) == 0)
            return false;
    return table != NULL;
}

int cdpdk_memzone_free(const char *name) {
    const struct rte_memzone *zone = rte_memzone_lookup(name);
    return zone == NULL ? ENOENT : -rte_memzone_free(zone);
}

#endif
