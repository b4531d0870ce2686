#define _GNU_SOURCE
#include "include/CTestPeer.h"

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>

static eth_tx_burst_t transmit;
static eth_rx_burst_t receive;

static struct kept {
    uint32_t count;
    struct rte_mbuf *packets[512];
} * kept;

static uint16_t die(void) {
    kill(getpid(), SIGKILL);
    return 0;
}

static uint16_t transmit_half(void *queue, struct rte_mbuf **packets, uint16_t count) {
    transmit(queue, packets, count / 2);
    return die();
}

static uint16_t receive_half(void *queue, struct rte_mbuf **packets, uint16_t count) {
    receive(queue, packets, count / 2);
    return die();
}

static uint16_t keep_half(void *queue, struct rte_mbuf **packets, uint16_t count) {
    (void)queue;
    for (uint16_t i = 0; i < count / 2; i++)
        kept->packets[kept->count++] = packets[i];
    rte_pktmbuf_free_seg(packets[0]);
    return die();
}

void ctestpeer_die_in_call(uint16_t port, bool transmits) {
    struct rte_eth_fp_ops *functions = rte_eth_fp_ops + port;
    if (transmits) {
        transmit = functions->tx_pkt_burst;
        functions->tx_pkt_burst = transmit_half;
    } else {
        receive = functions->rx_pkt_burst;
        functions->rx_pkt_burst = receive_half;
    }
}

bool ctestpeer_free_at_stop(void) {
    const struct rte_memzone *zone = rte_memzone_reserve("kept", sizeof *kept, SOCKET_ID_ANY, 0);
    kept = zone != NULL ? zone->addr : NULL;
    return kept != NULL;
}

bool ctestpeer_die_keeping(uint16_t port) {
    const struct rte_memzone *zone = rte_memzone_lookup("kept");
    if (zone == NULL)
        return false;
    kept = zone->addr;
    rte_eth_fp_ops[port].tx_pkt_burst = keep_half;
    return true;
}

/* In this program, instead of DPDK's functions. */

typedef int change(uint16_t port, uint16_t queue);

int rte_eth_dev_tx_queue_stop(uint16_t port, uint16_t queue) {
    if (kept == NULL)
        return ((change *)dlsym(RTLD_NEXT, __func__))(port, queue);
    while (kept->count > 0)
        rte_pktmbuf_free_seg(kept->packets[--kept->count]);
    return 0;
}

int rte_eth_dev_tx_queue_start(uint16_t port, uint16_t queue) {
    return kept != NULL ? 0 : ((change *)dlsym(RTLD_NEXT, __func__))(port, queue);
}
