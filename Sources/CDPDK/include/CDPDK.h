/*
 * CDPDK: what the Swift library sees of DPDK, libnuma and the kernel's record locks.
 *
 * No public header of this target includes a header of DPDK: many of its types do not import into Swift, its inline
 * functions need compiler flags that an importer could not give, and its macros are invisible to Swift. Here are opaque
 * structures, plain views, functions, and the atomics that words shared between processes go through.
 */
#ifndef CDPDK_H
#define CDPDK_H

#include "cdpdk_arena.h"
#include "cdpdk_atomic.h"
#include "cdpdk_registry.h"
#include "cdpdk_eal.h"
#include "cdpdk_lock.h"
#include "cdpdk_mbuf.h"
#include "cdpdk_memzone.h"
#include "cdpdk_numa.h"
#include "cdpdk_pool.h"
#include "cdpdk_port.h"
#include "cdpdk_probe.h"
#include "cdpdk_ring.h"
#include "cdpdk_thread.h"

#endif
