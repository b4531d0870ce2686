/* Ethernet ports: rte_eth_dev. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_pool.h"

#pragma clang assume_nonnull begin

#define CDPDK_PORT_NAME_MAX 63 /* bytes, without the NUL */

struct cdpdk_port_info {
    char name[CDPDK_PORT_NAME_MAX + 1];
    char driver[64];
    int32_t socket;
    uint8_t mac[6];
    uint16_t mtu, min_mtu, max_mtu;
    uint16_t rx_queues, max_rx_queues;
    uint16_t tx_queues, max_tx_queues;
    uint16_t rx_descriptors_min, rx_descriptors_max;
    uint16_t tx_descriptors_min, tx_descriptors_max;
    uint16_t rx_descriptors, tx_descriptors; /* of queue 0; 0 if the driver does not tell */
    uint64_t rss_types;
    bool promiscuous;
};

struct cdpdk_port_link {
    uint32_t speed; /* megabits per second; UINT32_MAX if unknown */
    bool full_duplex;
    bool up;
};

struct cdpdk_port_stats {
    uint64_t received_packets, transmitted_packets;
    uint64_t received_bytes, transmitted_bytes;
    uint64_t missed, receive_errors, transmit_errors;
    uint64_t no_buffer;
};

struct cdpdk_port_configuration {
    uint16_t rx_queues, tx_queues;
    uint16_t rx_descriptors, tx_descriptors;
    uint16_t mtu; /* 0: unchanged */
    bool rss;
    bool promiscuous;
    int32_t socket;
};

/* The steps of cdpdk_port_configure in their order, so that an error can name the one that failed. */
enum {
    CDPDK_PORT_STEP_INFO = 1,
    CDPDK_PORT_STEP_CONFIGURE,
    CDPDK_PORT_STEP_MTU,
    CDPDK_PORT_STEP_DESCRIPTORS,
    CDPDK_PORT_STEP_RX_QUEUE,
    CDPDK_PORT_STEP_TX_QUEUE,
    CDPDK_PORT_STEP_PROMISCUOUS,
};

/* RTE_MAX_ETHPORTS: port ids are below it. */
uint16_t cdpdk_port_max(void);
/* rte_eth_find_next_owned_by: the first port from `port` on that exists and has no owner, as the ports of a bond have;
 * or cdpdk_port_max(). */
uint16_t cdpdk_port_next(uint16_t port);
/* rte_eth_dev_is_valid_port. In a secondary, false also if the primary has closed the port. */
bool cdpdk_port_exists(uint16_t port);
/* rte_eth_dev_get_port_by_name: the port, or -1. */
int cdpdk_port_by_name(const char *name);
/* rte_eth_dev_info_get, and the functions for what it does not tell: 0, or a negative error number. */
int cdpdk_port_info(uint16_t port, struct cdpdk_port_info *info);
/* rte_eth_link_get_nowait: 0, or a negative error number. */
int cdpdk_port_link(uint16_t port, struct cdpdk_port_link *link);
/* rte_eth_stats_get: 0, or a negative error number. */
int cdpdk_port_stats(uint16_t port, struct cdpdk_port_stats *stats);
/* rte_eth_stats_reset: 0, or a negative error number. */
int cdpdk_port_reset_stats(uint16_t port);
/* rte_eth_dev_configure, and the set-up of all queues. Writes the numbers of descriptors back as the device allows
 * them. 0, or a negative error number with the step that failed. */
int cdpdk_port_configure(uint16_t port, struct cdpdk_port_configuration *configuration, struct cdpdk_pool *pool,
                         int32_t *step);
/* rte_eth_dev_start, rte_eth_dev_stop and rte_eth_dev_close: 0, or a negative error number. */
int cdpdk_port_start(uint16_t port);
int cdpdk_port_stop(uint16_t port);
int cdpdk_port_close(uint16_t port);
/* rte_eth_dev_rx_queue_stop and rte_eth_dev_rx_queue_start, or those that transmit: 0, or a negative error number,
 * which is -ENOTSUP if the driver cannot stop single queues. */
int cdpdk_port_restart_queue(uint16_t port, uint16_t queue, bool transmits);
/* rte_eth_promiscuous_enable or rte_eth_promiscuous_disable: 0, or a negative error number. */
int cdpdk_port_set_promiscuous(uint16_t port, bool on);
/* Whether the driver has set its burst function in this process. If not, the call below crashes. */
bool cdpdk_port_can_receive(uint16_t port);
bool cdpdk_port_can_transmit(uint16_t port);

#pragma clang assume_nonnull end
