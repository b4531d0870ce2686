/* For the C files of this target alone: DPDK's headers. cdpdk_probe.c says so if they are missing. */
#pragma once

#if !__has_include(<rte_config.h>)
#define CDPDK_NO_DPDK 1
#else
#include "include/cdpdk_atomic.h"
/* What rte_lcore_id() reads, for each packet that is allocated or freed: here without a call. */
extern CDPDK_THREAD_LOCAL unsigned int per_lcore__lcore_id;

#include <rte_config.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <rte_tailq.h>
#include <rte_version.h>
#endif
