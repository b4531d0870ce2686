/* Packet buffers: a mirror of the first cache line of rte_mbuf, and functions of DPDK on packets. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_atomic.h"

#pragma clang assume_nonnull begin

/* The first cache line of rte_mbuf. cdpdk_mbuf.c checks every offset. */
struct cdpdk_mbuf {
    void *buf_addr;
    uint64_t buf_iova_or_unused;
    uint16_t data_off;
    uint16_t refcnt;
    uint16_t nb_segs;
    uint16_t port;
    uint64_t ol_flags;
    uint32_t packet_type;
    uint32_t pkt_len;
    uint16_t data_len;
    uint16_t vlan_tci;
    uint32_t hash_rss;
    uint32_t hash_other;
    uint16_t vlan_tci_outer;
    uint16_t buf_len;
    void *_Nullable pool;
};

#define CDPDK_MBUF_PORT_INVALID 0xffffu
#define CDPDK_MBUF_RSS_HASH (1ull << 1) /* RTE_MBUF_F_RX_RSS_HASH, checked in cdpdk_mbuf.c */
#define CDPDK_MBUF_HEADROOM 128         /* RTE_PKTMBUF_HEADROOM, checked in cdpdk_mbuf.c */

/* Brings both cache lines of an rte_mbuf into the CPU's cache: rte_mbuf_prefetch_part1 and …_part2. */
CDPDK_INLINE void cdpdk_mbuf_prefetch(const void *mbuf) {
    cdpdk_prefetch(mbuf);
    cdpdk_prefetch((const struct cdpdk_mbuf *)mbuf + 1);
}

/* The functions below for packets of many segments fail if the lengths in the packet contradict each other. */

/* rte_pktmbuf_linearize: 0, or -1 if the first segment has no room. */
int cdpdk_mbuf_linearize(void *mbuf);
/* rte_pktmbuf_tailroom of rte_pktmbuf_lastseg: the free bytes at the end of the last segment. */
uint16_t cdpdk_mbuf_last_tailroom(void *mbuf);
/* rte_pktmbuf_append for a packet of many segments: the address of the new bytes, or null if there is no room. */
void *_Nullable cdpdk_mbuf_append(void *mbuf, uint16_t length);
/* rte_pktmbuf_trim for a packet of many segments: 0, or -1 if the last segment is shorter. */
int cdpdk_mbuf_trim(void *mbuf, uint16_t length);
/* The big-endian number of up to 8 bytes at an offset, which may lie in several segments: rte_pktmbuf_read. */
struct cdpdk_number {
    uint64_t value;
    bool is_there;
};
CDPDK_RARE struct cdpdk_number cdpdk_mbuf_load_now(const void *mbuf, uint32_t offset, uint32_t size);
CDPDK_INLINE struct cdpdk_number cdpdk_mbuf_load(const void *mbuf, uint32_t offset, uint32_t size) {
    return CDPDK_ADDRESS(cdpdk_mbuf_load_now)(mbuf, offset, size);
}

#pragma clang assume_nonnull end
