/*
 * Packets that are allocated, freed, transmitted and received under records, so that the primary can give them back
 * after the death of the process.
 *
 * What moves between a cache and the ring of a pool is moved here, one process at a time, and never by DPDK within one
 * of its own functions.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_arena.h"
#include "cdpdk_pool.h"
#include "cdpdk_ring.h"

#pragma clang assume_nonnull begin

/* Begins the use of a registry by the process that `holder` stands for. `is_swept`: the primary uses this library, and
 * gives back what dead processes held. */
void cdpdk_packets_open(void *registry, uint64_t holder, bool is_primary, bool is_swept);
/* Ends all waiting for other processes: the primary is dead, or this process is about to leave. */
void cdpdk_packets_abandon(void);

/* Allocates `more` packets behind the last listed one, or none. */
bool cdpdk_packets_allocate(struct cdpdk_pool *pool, struct cdpdk_record *record, void *_Nonnull *_Nonnull entries,
                            uint32_t first, uint32_t count, uint32_t more);
/* Frees the first `number` listed packets. */
void cdpdk_packets_free(struct cdpdk_record *record, void *_Nonnull *_Nonnull entries, uint32_t first, uint32_t count,
                        uint32_t number);
/* Both for a packet that is held alone. The second gives the single back, too. The packet is passed on: to load again
 * what was just stored takes several cycles each time. */
void *_Nullable cdpdk_packets_allocate_single(struct cdpdk_pool *pool, struct cdpdk_arena_single *single);
void cdpdk_packets_free_single(struct cdpdk_arena_single *single, void *mbuf);

/* What a driver does with the packets of a call. */
enum {
    CDPDK_DRIVER_OWN = 0,    /* not asked: the calling process is the primary, whose death ends the group */
    CDPDK_DRIVER_FREES = 1,  /* it frees, or allocates, them within the call */
    CDPDK_DRIVER_KEEPS = 2,  /* it may keep them */
    CDPDK_DRIVER_RING = 3,   /* it is net_ring: the queue is an rte_ring */
    CDPDK_DRIVER_CHAINS = 4, /* it frees, or allocates, them within the call; a frame may be a chain */
};

/* rte_eth_tx_burst for the first listed packets: how many the driver took. They are no longer listed. */
uint32_t cdpdk_packets_transmit(uint16_t port, uint16_t queue, int32_t driver, struct cdpdk_arena_block *block,
                                uint32_t first, uint32_t count);
/* rte_eth_rx_burst, behind the last listed packet: how many came. They are listed. `pool` is the queue's. */
uint32_t cdpdk_packets_receive(uint16_t port, uint16_t queue, int32_t driver, struct cdpdk_pool *_Nullable pool,
                               struct cdpdk_arena_block *block, uint32_t first, uint32_t count, uint32_t more);

/* Whether a queue of net_ring is a ring whose end only the holder of the queue uses. */
bool cdpdk_packets_has_ring(uint16_t port, uint16_t queue, bool transmits);

/* Keeps all processes from moving packets of a pool, which is about to be destroyed. False: one of them is moving. */
bool cdpdk_packets_hold_pool(struct cdpdk_pool *pool);

/* Makes one segment of a packet of many: 0, or -1 if the first segment has no room. */
int cdpdk_packets_linearize(void *mbuf);

#pragma clang assume_nonnull end
