/*
 * A C program that does not use the library, linked in the usual way. The tests build it.
 *
 * As a primary, it makes a pool and two rings, sends packets into `out`, and waits until they come back in `in`. As a
 * secondary, it takes packets from `in` and sends them into `out`.
 */
#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_ring.h>

#define COUNT 20

static struct rte_ring *ring(const char *name) {
    if (rte_eal_process_type() == RTE_PROC_PRIMARY)
        return rte_ring_create(name, 64, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
    return rte_ring_lookup(name);
}

static int send(struct rte_ring *ring, struct rte_mbuf **packets) {
    return rte_ring_enqueue_bulk(ring, (void **)packets, COUNT, NULL) == COUNT ? 0 : 4;
}

/* Receives COUNT packets, and prints the sum of their lengths. */
static void receive(struct rte_ring *ring, struct rte_mbuf **packets) {
    unsigned count = 0, bytes = 0;
    while (count < COUNT) {
        unsigned taken = rte_ring_dequeue_burst(ring, (void **)packets + count, COUNT - count, NULL);
        if (taken == 0)
            usleep(1000);
        count += taken;
    }
    for (unsigned i = 0; i < COUNT; i++)
        bytes += rte_pktmbuf_pkt_len(packets[i]);
    printf("received %u bytes\n", bytes);
}

int main(int count, char **arguments) {
    struct rte_mbuf *packets[COUNT];
    int status;
    if (rte_eal_init(count, arguments) < 0)
        return 1;
    struct rte_ring *in = ring("in"), *out = ring("out");
    if (in == NULL || out == NULL)
        return 2;
    if (rte_eal_process_type() == RTE_PROC_PRIMARY) {
        struct rte_mempool *pool = rte_pktmbuf_pool_create("packets", 63, 0, 0, 256, SOCKET_ID_ANY);
        if (pool == NULL || rte_pktmbuf_alloc_bulk(pool, packets, COUNT) != 0)
            return 3;
        for (unsigned i = 0; i < COUNT; i++)
            rte_pktmbuf_append(packets[i], 60 + i);
        status = send(out, packets);
        puts("ready");
        fflush(stdout);
        receive(in, packets);
        rte_pktmbuf_free_bulk(packets, COUNT);
        printf("%u are free\n", rte_mempool_avail_count(pool));
    } else {
        receive(in, packets);
        status = send(out, packets);
    }
    fflush(stdout);
    rte_eal_cleanup();
    return status;
}
