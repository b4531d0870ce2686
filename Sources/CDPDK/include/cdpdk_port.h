/* Ethernet ports: rte_eth_dev. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "cdpdk_pool.h"

#pragma clang assume_nonnull begin

#define CDPDK_PORT_NAME_MAX 63 /* bytes, without the NUL */

struct cdpdk_port_info {
    char name[64];
    char driver[64];
    int32_t socket;
    uint8_t mac[6];
    uint16_t mtu;
    uint16_t min_mtu;
    uint16_t max_mtu;
    uint16_t max_rx_queues;
    uint16_t max_tx_queues;
    uint16_t rx_queues;
    uint16_t tx_queues;
    uint16_t rx_descriptors_min;
    uint16_t rx_descriptors_max;
    uint16_t tx_descriptors_min;
    uint16_t tx_descriptors_max;
    uint16_t rx_descriptors; /* of queue 0; 0 if the driver does not tell */
    uint16_t tx_descriptors;
    uint64_t rss_types;
    bool promiscuous;
};

struct cdpdk_port_link {
    uint32_t speed; /* megabits a second; UINT32_MAX if it is not known */
    bool full_duplex;
    bool up;
};

struct cdpdk_port_stats {
    uint64_t received_packets;
    uint64_t transmitted_packets;
    uint64_t received_bytes;
    uint64_t transmitted_bytes;
    uint64_t missed;
    uint64_t receive_errors;
    uint64_t transmit_errors;
    uint64_t no_buffer;
};

struct cdpdk_port_configuration {
    uint16_t rx_queues;
    uint16_t tx_queues;
    uint16_t rx_descriptors;
    uint16_t tx_descriptors;
    uint16_t mtu; /* 0: as it is */
    bool rss;
    bool promiscuous;
    int32_t socket;
};

/* The calls that configure a port one after the other, so that an error can name the one that failed. */
enum {
    CDPDK_PORT_STEP_INFO = 1,
    CDPDK_PORT_STEP_CONFIGURE,
    CDPDK_PORT_STEP_MTU,
    CDPDK_PORT_STEP_DESCRIPTORS,
    CDPDK_PORT_STEP_RX_QUEUE,
    CDPDK_PORT_STEP_TX_QUEUE,
    CDPDK_PORT_STEP_PROMISCUOUS,
};

uint16_t cdpdk_port_max(void);
/* The next existing port at or after `port` that belongs to no other, as a bond's do, or cdpdk_port_max(). */
uint16_t cdpdk_port_next(uint16_t port);
/* False in a secondary as well as soon as the primary has closed the port. */
bool cdpdk_port_exists(uint16_t port);
/* rte_eth_dev_get_port_by_name: the port, or -1. */
int cdpdk_port_by_name(const char *name);
/* 0, or a negative error number. */
int cdpdk_port_info(uint16_t port, struct cdpdk_port_info *info);
int cdpdk_port_link(uint16_t port, struct cdpdk_port_link *link);
int cdpdk_port_stats(uint16_t port, struct cdpdk_port_stats *stats);
int cdpdk_port_reset_stats(uint16_t port);
/* Configures the port and sets up its queues; descriptors are adjusted to the device and written back. 0, or a negative
 * error number with the step that failed. */
int cdpdk_port_configure(uint16_t port, struct cdpdk_port_configuration *configuration, struct cdpdk_pool *pool,
                         int32_t *step);
int cdpdk_port_start(uint16_t port);
int cdpdk_port_stop(uint16_t port);
int cdpdk_port_close(uint16_t port);
int cdpdk_port_set_promiscuous(uint16_t port, bool on);
/* Whether the driver has set a function for it in this process. If not, the burst functions crash. */
bool cdpdk_port_can_receive(uint16_t port);
bool cdpdk_port_can_transmit(uint16_t port);
/* rte_eth_rx_burst and rte_eth_tx_burst. */
uint16_t cdpdk_port_receive(uint16_t port, uint16_t queue, void *_Nonnull *_Nonnull mbufs, uint16_t count);
uint16_t cdpdk_port_transmit(uint16_t port, uint16_t queue, void *_Nonnull *_Nonnull mbufs, uint16_t count);

#pragma clang assume_nonnull end
