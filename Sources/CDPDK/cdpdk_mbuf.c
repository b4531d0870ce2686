#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_mbuf.h"
#include "include/cdpdk_packets.h"

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
_Static_assert(CDPDK_MBUF_PORT_INVALID == RTE_MBUF_PORT_INVALID, "port of a packet that came from no port");
_Static_assert(CDPDK_MBUF_RSS_HASH == RTE_MBUF_F_RX_RSS_HASH, "flag of a packet with an RSS hash");
_Static_assert(CDPDK_MBUF_HEADROOM == RTE_PKTMBUF_HEADROOM, "headroom");

/* Whether each segment is inside its buffer, and the packet's length and number of segments agree with its segments.
 * DPDK's functions for packets of many segments rely on that, but another process may have written anything. */
static bool is_sound(const struct rte_mbuf *mbuf) {
    uint64_t length = 0;
    uint32_t count = 0;
    for (const struct rte_mbuf *segment = mbuf; segment != NULL; segment = segment->next) {
        if (++count > mbuf->nb_segs || (uint32_t)segment->data_off + segment->data_len > segment->buf_len)
            return false;
        length += segment->data_len;
    }
    return count == mbuf->nb_segs && length == mbuf->pkt_len;
}

int cdpdk_mbuf_linearize(void *mbuf) { return is_sound(mbuf) ? cdpdk_packets_linearize(mbuf) : -1; }

uint16_t cdpdk_mbuf_last_tailroom(void *mbuf) {
    return is_sound(mbuf) ? rte_pktmbuf_tailroom(rte_pktmbuf_lastseg(mbuf)) : 0;
}

void *cdpdk_mbuf_append(void *mbuf, uint16_t length) {
    return is_sound(mbuf) ? rte_pktmbuf_append(mbuf, length) : NULL;
}

int cdpdk_mbuf_trim(void *mbuf, uint16_t length) { return is_sound(mbuf) ? rte_pktmbuf_trim(mbuf, length) : -1; }

CDPDK_RARE struct cdpdk_number cdpdk_mbuf_load_now(const void *mbuf, uint32_t offset, uint32_t size) {
    uint8_t room[8];
    const uint8_t *bytes = is_sound(mbuf) ? rte_pktmbuf_read(mbuf, offset, size, room) : NULL;
    struct cdpdk_number number = {0, bytes != NULL};
    for (uint32_t i = 0; bytes != NULL && i < size; i++)
        number.value = number.value << 8 | bytes[i];
    return number;
}

#endif
