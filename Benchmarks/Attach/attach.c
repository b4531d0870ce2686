/* A secondary that attaches, looks up a ring and a pool, says when it had them, and leaves. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_mempool.h>
#include <rte_ring.h>

int main(int count, char **arguments) {
    if (rte_eal_init(count, arguments) < 0)
        return 1;
    if (rte_ring_lookup("UInt64-1024") == NULL || rte_mempool_lookup("packets") == NULL)
        return 2;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    rte_eal_cleanup();
    return 0;
}
