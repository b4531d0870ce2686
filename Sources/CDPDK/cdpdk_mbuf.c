#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_mbuf.h"

#define SAME_OFFSET(mirror, field)                                                                                     \
    _Static_assert(offsetof(struct cdpdk_mbuf, mirror) == offsetof(struct rte_mbuf, field), "offset of " #field)

SAME_OFFSET(buf_addr, buf_addr);
SAME_OFFSET(data_off, data_off);
SAME_OFFSET(refcnt, refcnt);
SAME_OFFSET(nb_segs, nb_segs);
SAME_OFFSET(port, port);
SAME_OFFSET(ol_flags, ol_flags);
SAME_OFFSET(packet_type, packet_type);
SAME_OFFSET(pkt_len, pkt_len);
SAME_OFFSET(data_len, data_len);
SAME_OFFSET(vlan_tci, vlan_tci);
SAME_OFFSET(hash_rss, hash.rss);
SAME_OFFSET(vlan_tci_outer, vlan_tci_outer);
SAME_OFFSET(buf_len, buf_len);
SAME_OFFSET(pool, pool);
_Static_assert(sizeof(struct cdpdk_mbuf) == 64, "the mirror is one cache line");
_Static_assert(CDPDK_MBUF_PORT_INVALID == RTE_MBUF_PORT_INVALID, "port of a packet that came from none");
_Static_assert(CDPDK_MBUF_RSS_HASH == RTE_MBUF_F_RX_RSS_HASH, "flag of a packet with an RSS hash");
_Static_assert(CDPDK_MBUF_HEADROOM == RTE_PKTMBUF_HEADROOM, "headroom");

void cdpdk_mbuf_free(void *mbuf) { rte_pktmbuf_free(mbuf); }

void cdpdk_mbuf_free_bulk(void **mbufs, uint32_t count) { rte_pktmbuf_free_bulk((struct rte_mbuf **)mbufs, count); }

int cdpdk_mbuf_linearize(void *mbuf) { return rte_pktmbuf_linearize(mbuf); }

uint16_t cdpdk_mbuf_last_tailroom(void *mbuf) { return rte_pktmbuf_tailroom(rte_pktmbuf_lastseg(mbuf)); }

void *cdpdk_mbuf_append(void *mbuf, uint16_t length) { return rte_pktmbuf_append(mbuf, length); }

int cdpdk_mbuf_trim(void *mbuf, uint16_t length) { return rte_pktmbuf_trim(mbuf, length); }

bool cdpdk_mbuf_copy_bytes(const void *mbuf, uint32_t offset, uint32_t length, void *destination) {
    const void *bytes = rte_pktmbuf_read(mbuf, offset, length, destination);
    if (bytes == NULL)
        return false;
    if (bytes != destination)
        memcpy(destination, bytes, length);
    return true;
}

#endif
