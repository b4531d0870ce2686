/* Memory zones, which are named pieces of shared memory: rte_memzone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

struct cdpdk_memzone_view {
    void *_Nullable address;
    uint64_t length;    /* bytes */
    uint64_t page_size; /* bytes of a hugepage */
    uint64_t zone;      /* address of the rte_memzone, the same in every process */
};

#define CDPDK_MEMZONE_NAME_MAX 31 /* bytes, without the NUL */

/* Reads the rte_memzone at an address. False if there is none. Any address may be passed. */
bool cdpdk_memzone_read(uint64_t address, struct cdpdk_memzone_view *view);
/* Whether memory is there, by its first and its last byte. Any address may be passed. */
bool cdpdk_memory_is_there(uint64_t address, uint64_t length);
/* rte_memzone_reserve_aligned, with an alignment of 64 bytes: 0, or a positive error number. */
int cdpdk_memzone_reserve(const char *name, uint64_t length, int socket, struct cdpdk_memzone_view *view);
/* rte_memzone_lookup: 0, or ENOENT. */
int cdpdk_memzone_lookup(const char *name, struct cdpdk_memzone_view *view);
/* What rte_memzone_lookup finds, from the address of its rte_memzone and without EAL's lock. False if no zone of that
 * name is there any more, whatever is there, or if the kernel does not tell. `name` begins with `prefix`. */
bool cdpdk_memzone_at(uint64_t zone, const char *prefix, const char *name, struct cdpdk_memzone_view *view);
/* Finds EAL's table of zones, in which is the rte_memzone at this address. */
void cdpdk_memzone_find_table(uint64_t zone);
/* Whether no zone has the name, without EAL's lock. False, too, if the table has not been found. */
bool cdpdk_memzone_is_missing(const char *prefix, const char *name);
/* Where a file is mapped in this process, and how many bytes of it; null if it is not. Opening one of EAL's files would
 * drop EAL's own lock on it at the end. */
void *_Nullable cdpdk_mapping_of(const char *path, uint64_t *length);
/* rte_memzone_free of the zone with this name: 0, or a positive error number. */
int cdpdk_memzone_free(const char *name);

#pragma clang assume_nonnull end
