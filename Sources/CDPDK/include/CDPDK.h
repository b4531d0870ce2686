/*
 * CDPDK: what the Swift library uses of DPDK, libnuma and the kernel.
 *
 * No public header of this target includes a header of DPDK: many of DPDK's types do not import into Swift, its inline
 * functions need compiler flags that an importing target cannot give, and its macros are invisible to Swift. These
 * headers declare opaque structures, plain views of DPDK's structures, functions, and the atomic operations for words
 * that processes share.
 *
 * All headers follow the same rules. Pointers are never null unless they are marked _Nullable, and pointers to pointers
 * mark both levels. Functions with a body are CDPDK_INLINE. If a function wraps one of C, its comment begins with the
 * name of that function. Integers have a fixed width, except for `size_t` (bytes and counts of the caller's buffers)
 * and `int` (statuses, descriptors, sockets and CPUs, as in DPDK and the kernel).
 */
#pragma once

#include "cdpdk_arena.h"
#include "cdpdk_atomic.h"
#include "cdpdk_copy.h"
#include "cdpdk_eal.h"
#include "cdpdk_heap.h"
#include "cdpdk_lock.h"
#include "cdpdk_mbuf.h"
#include "cdpdk_memlock.h"
#include "cdpdk_memzone.h"
#include "cdpdk_numa.h"
#include "cdpdk_packets.h"
#include "cdpdk_pool.h"
#include "cdpdk_port.h"
#include "cdpdk_probe.h"
#include "cdpdk_registry.h"
#include "cdpdk_ring.h"
#include "cdpdk_shared_ends.h"
#include "cdpdk_sweep.h"
#include "cdpdk_thread.h"
