/*
 * CDPDK: what the Swift library sees of DPDK, libnuma and the kernel's record locks.
 *
 * No public header of this target includes a header of DPDK: many of its types do not import into Swift, its inline
 * functions need compiler flags that an importer could not give, and its macros are invisible to Swift. Here are opaque
 * structures, plain views, functions, and the atomics that words shared between processes go through.
 *
 * All headers are written alike. Pointers are never null unless they are marked _Nullable, and pointers to pointers
 * mark both. Functions with a body are CDPDK_INLINE. A comment on a function that calls one of C's begins with the name
 * of that. Integers have a fixed width, except for `size_t` (bytes and counts of the caller's buffers) and `int`
 * (statuses, descriptors, sockets and CPUs, as DPDK and the kernel have them).
 */
#pragma once

#include "cdpdk_arena.h"
#include "cdpdk_atomic.h"
#include "cdpdk_eal.h"
#include "cdpdk_lock.h"
#include "cdpdk_mbuf.h"
#include "cdpdk_memzone.h"
#include "cdpdk_numa.h"
#include "cdpdk_pool.h"
#include "cdpdk_port.h"
#include "cdpdk_probe.h"
#include "cdpdk_registry.h"
#include "cdpdk_ring.h"
#include "cdpdk_thread.h"
