/*
 * A client of mp_server that does not use the library, like the one of DPDK's sample client_server_mp: it takes packets
 * from its ring, and sends each out of the partner of its port. The tests build it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>
#include <rte_ring.h>

#define BURST 32

struct ports {
    uint16_t count, ids[32];
    struct {
        uint64_t received[32];
    } __rte_cache_aligned rx;
    struct {
        uint64_t sent[32], dropped[32];
    } __rte_cache_aligned tx[16];
};

static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

int main(int count, char **arguments) {
    int taken = rte_eal_init(count, arguments);
    if (taken < 0 || taken + 1 >= count)
        return 1;
    int client = atoi(arguments[taken + 1]);
    signal(SIGTERM, stop);
    /* The parent may have blocked it. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char name[RTE_RING_NAMESIZE];
    snprintf(name, sizeof name, "MProc_Client_%d_RX", client);
    struct rte_ring *ring = rte_ring_lookup(name);
    const struct rte_memzone *zone = rte_memzone_lookup("MProc_port_info");
    if (ring == NULL || zone == NULL)
        return 2;
    struct ports *ports = zone->addr;
    while (!stopped) {
        struct rte_mbuf *packets[BURST];
        unsigned number = rte_ring_dequeue_burst(ring, (void **)packets, BURST, NULL);
        for (unsigned i = 0; i < number; i++) {
            unsigned place = 0;
            while (place < ports->count && ports->ids[place] != packets[i]->port)
                place++;
            uint16_t out = ports->ids[place ^ 1];
            if (rte_eth_tx_burst(out, client, packets + i, 1) == 1) {
                ports->tx[client].sent[out]++;
            } else {
                ports->tx[client].dropped[out]++;
                rte_pktmbuf_free(packets[i]);
            }
        }
    }
    return 0;
}
