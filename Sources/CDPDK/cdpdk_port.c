#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_port.h"

#include <string.h>

_Static_assert(CDPDK_PORT_NAME_MAX == RTE_ETH_NAME_MAX_LEN - 1, "length of a port's name");

uint16_t cdpdk_port_max(void) { return RTE_MAX_ETHPORTS; }

/* A secondary is not told that the primary has closed a port, but then finds the name in their shared memory empty. */
bool cdpdk_port_exists(uint16_t port) {
    char name[RTE_ETH_NAME_MAX_LEN];
    return rte_eth_dev_is_valid_port(port) == 1 && rte_eth_dev_get_name_by_port(port, name) == 0 && name[0] != 0;
}

uint16_t cdpdk_port_next(uint16_t port) {
    uint64_t next = rte_eth_find_next_owned_by(port, RTE_ETH_DEV_NO_OWNER);
    while (next < RTE_MAX_ETHPORTS && !cdpdk_port_exists((uint16_t)next))
        next = rte_eth_find_next_owned_by((uint16_t)(next + 1), RTE_ETH_DEV_NO_OWNER);
    return next < RTE_MAX_ETHPORTS ? (uint16_t)next : RTE_MAX_ETHPORTS;
}

int cdpdk_port_by_name(const char *name) {
    uint16_t port = 0;
    return rte_eth_dev_get_port_by_name(name, &port) == 0 ? port : -1;
}

int cdpdk_port_info(uint16_t port, struct cdpdk_port_info *info) {
    struct rte_eth_dev_info device;
    *info = (struct cdpdk_port_info){0};
    int status = rte_eth_dev_info_get(port, &device);
    if (status != 0)
        return status;
    /* What a driver does not tell stays 0. */
    rte_eth_dev_get_name_by_port(port, info->name);
    if (device.driver_name != NULL)
        strncat(info->driver, device.driver_name, sizeof info->driver - 1);
    struct rte_ether_addr mac;
    if (rte_eth_macaddr_get(port, &mac) == 0)
        memcpy(info->mac, mac.addr_bytes, sizeof info->mac);
    rte_eth_dev_get_mtu(port, &info->mtu);
    info->socket = rte_eth_dev_socket_id(port);
    info->min_mtu = device.min_mtu;
    info->max_mtu = device.max_mtu;
    info->max_rx_queues = device.max_rx_queues;
    info->max_tx_queues = device.max_tx_queues;
    info->rx_queues = device.nb_rx_queues;
    info->tx_queues = device.nb_tx_queues;
    info->rx_descriptors_min = device.rx_desc_lim.nb_min;
    info->rx_descriptors_max = device.rx_desc_lim.nb_max;
    info->tx_descriptors_min = device.tx_desc_lim.nb_min;
    info->tx_descriptors_max = device.tx_desc_lim.nb_max;
    info->rss_types = device.flow_type_rss_offloads;
    info->promiscuous = rte_eth_promiscuous_get(port) == 1;
    struct rte_eth_rxq_info receiving;
    if (device.nb_rx_queues > 0 && rte_eth_rx_queue_info_get(port, 0, &receiving) == 0)
        info->rx_descriptors = receiving.nb_desc;
    struct rte_eth_txq_info sending;
    if (device.nb_tx_queues > 0 && rte_eth_tx_queue_info_get(port, 0, &sending) == 0)
        info->tx_descriptors = sending.nb_desc;
    return 0;
}

int cdpdk_port_link(uint16_t port, struct cdpdk_port_link *link) {
    struct rte_eth_link state = {0};
    int status = rte_eth_link_get_nowait(port, &state);
    if (status != 0)
        return status;
    link->speed = state.link_speed;
    link->full_duplex = state.link_duplex == RTE_ETH_LINK_FULL_DUPLEX;
    link->up = state.link_status == RTE_ETH_LINK_UP;
    return 0;
}

int cdpdk_port_stats(uint16_t port, struct cdpdk_port_stats *stats) {
    struct rte_eth_stats values = {0};
    int status = rte_eth_stats_get(port, &values);
    if (status != 0)
        return status;
    *stats = (struct cdpdk_port_stats){
        .received_packets = values.ipackets,
        .transmitted_packets = values.opackets,
        .received_bytes = values.ibytes,
        .transmitted_bytes = values.obytes,
        .missed = values.imissed,
        .receive_errors = values.ierrors,
        .transmit_errors = values.oerrors,
        .no_buffer = values.rx_nombuf,
    };
    return 0;
}

int cdpdk_port_reset_stats(uint16_t port) { return rte_eth_stats_reset(port); }

int cdpdk_port_configure(uint16_t port, struct cdpdk_port_configuration *wanted, struct cdpdk_pool *pool,
                         int32_t *step) {
    struct rte_eth_dev_info device;
    *step = CDPDK_PORT_STEP_INFO;
    int status = rte_eth_dev_info_get(port, &device);
    if (status != 0)
        return status;

    struct rte_eth_conf configuration = {0};
    uint64_t types = RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP;
    if (wanted->rss && (device.flow_type_rss_offloads & types) != 0) {
        configuration.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
        configuration.rx_adv_conf.rss_conf.rss_hf = device.flow_type_rss_offloads & types;
        configuration.rxmode.offloads |= device.rx_offload_capa & RTE_ETH_RX_OFFLOAD_RSS_HASH;
    }
    *step = CDPDK_PORT_STEP_CONFIGURE;
    status = rte_eth_dev_configure(port, wanted->rx_queues, wanted->tx_queues, &configuration);
    if (status != 0)
        return status;
    if (wanted->mtu != 0) {
        *step = CDPDK_PORT_STEP_MTU;
        status = rte_eth_dev_set_mtu(port, wanted->mtu);
        if (status != 0)
            return status;
    }
    *step = CDPDK_PORT_STEP_DESCRIPTORS;
    status = rte_eth_dev_adjust_nb_rx_tx_desc(port, &wanted->rx_descriptors, &wanted->tx_descriptors);
    if (status != 0)
        return status;

    *step = CDPDK_PORT_STEP_RX_QUEUE;
    for (uint16_t queue = 0; queue < wanted->rx_queues; queue++) {
        struct rte_eth_rxconf receiving = device.default_rxconf;
        receiving.offloads = configuration.rxmode.offloads;
        status = rte_eth_rx_queue_setup(port, queue, wanted->rx_descriptors, (unsigned)wanted->socket, &receiving,
                                        (struct rte_mempool *)pool);
        if (status != 0)
            return status;
    }
    *step = CDPDK_PORT_STEP_TX_QUEUE;
    for (uint16_t queue = 0; queue < wanted->tx_queues; queue++) {
        struct rte_eth_txconf sending = device.default_txconf;
        sending.offloads = configuration.txmode.offloads;
        status = rte_eth_tx_queue_setup(port, queue, wanted->tx_descriptors, (unsigned)wanted->socket, &sending);
        if (status != 0)
            return status;
    }
    /* Set in any case: a device may begin in this mode, or have kept it from an earlier configuration. */
    *step = CDPDK_PORT_STEP_PROMISCUOUS;
    status = cdpdk_port_set_promiscuous(port, wanted->promiscuous);
    return status == -ENOTSUP ? 0 : status;
}

int cdpdk_port_start(uint16_t port) { return rte_eth_dev_start(port); }
int cdpdk_port_stop(uint16_t port) { return rte_eth_dev_stop(port); }
int cdpdk_port_close(uint16_t port) { return rte_eth_dev_close(port); }

int cdpdk_port_restart_queue(uint16_t port, uint16_t queue, bool transmits) {
    int status = transmits ? rte_eth_dev_tx_queue_stop(port, queue) : rte_eth_dev_rx_queue_stop(port, queue);
    if (status != 0)
        return status;
    return transmits ? rte_eth_dev_tx_queue_start(port, queue) : rte_eth_dev_rx_queue_start(port, queue);
}

int cdpdk_port_set_promiscuous(uint16_t port, bool on) {
    return on ? rte_eth_promiscuous_enable(port) : rte_eth_promiscuous_disable(port);
}

bool cdpdk_port_can_receive(uint16_t port) {
    return port < RTE_MAX_ETHPORTS && rte_eth_fp_ops[port].rx_pkt_burst != NULL;
}

bool cdpdk_port_can_transmit(uint16_t port) {
    return port < RTE_MAX_ETHPORTS && rte_eth_fp_ops[port].tx_pkt_burst != NULL;
}

#endif
