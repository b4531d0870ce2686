/* Memory zones, which are named pieces of shared memory: rte_memzone. */
#pragma once

#include <stdint.h>

#pragma clang assume_nonnull begin

struct cdpdk_memzone_view {
    void *_Nullable address;
    uint64_t length;    /* bytes */
    uint64_t page_size; /* bytes of a hugepage */
};

#define CDPDK_MEMZONE_NAME_MAX 31 /* bytes, without the NUL */

/* rte_memzone_reserve_aligned, with an alignment of 64 bytes: 0, or a positive error number. */
int cdpdk_memzone_reserve(const char *name, uint64_t length, int socket, struct cdpdk_memzone_view *view);
/* rte_memzone_lookup: 0, or ENOENT. */
int cdpdk_memzone_lookup(const char *name, struct cdpdk_memzone_view *view);
/* rte_memzone_free of the zone with this name: 0, or a positive error number. */
int cdpdk_memzone_free(const char *name);

#pragma clang assume_nonnull end
