#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "include/CBaseline.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cdpdk_atomic.h>
#include <rte_mempool.h>
#include <rte_memzone.h>
#include <rte_ring.h>

struct cbaseline_ring *cbaseline_ring_lookup(const char *name) {
    return (struct cbaseline_ring *)rte_ring_lookup(name);
}

void cbaseline_ring_restart(struct cbaseline_ring *shared, uint32_t slot) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    switch (ring->prod.sync_type) {
    case RTE_RING_SYNC_MT_RTS:
        ring->rts_prod.head.val.pos = ring->rts_prod.tail.val.pos = slot;
        ring->rts_cons.head.val.pos = ring->rts_cons.tail.val.pos = slot;
        break;
    case RTE_RING_SYNC_MT_HTS:
        ring->hts_prod.ht.pos.head = ring->hts_prod.ht.pos.tail = slot;
        ring->hts_cons.ht.pos.head = ring->hts_cons.ht.pos.tail = slot;
        break;
    default: ring->prod.head = ring->prod.tail = slot; ring->cons.head = ring->cons.tail = slot;
    }
}

struct cbaseline_pool *cbaseline_pool_lookup(const char *name) {
    return (struct cbaseline_pool *)rte_mempool_lookup(name);
}

void *cbaseline_region_lookup(const char *name) {
    const struct rte_memzone *zone = rte_memzone_lookup(name);
    return zone != NULL ? zone->addr : NULL;
}

int cbaseline_alone;

void cbaseline_set_alone(bool is_alone) { __atomic_store_n(&cbaseline_alone, is_alone, __ATOMIC_RELAXED); }

void cbaseline_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

uint64_t cbaseline_line_ping(uint64_t *line, uint64_t count) {
    uint64_t start = cdpdk_cycles();
    for (uint64_t i = 0; i < count; i++) {
        __atomic_store_n(line, 2 * i + 1, __ATOMIC_RELEASE);
        while (__atomic_load_n(line, __ATOMIC_ACQUIRE) != 2 * i + 2)
            ;
    }
    return cdpdk_cycles() - start;
}

void cbaseline_line_pong(uint64_t *line, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        while (__atomic_load_n(line, __ATOMIC_ACQUIRE) != 2 * i + 1)
            ;
        __atomic_store_n(line, 2 * i + 2, __ATOMIC_RELEASE);
    }
}

bool cbaseline_may_run_on(int cpu) {
    cpu_set_t set;
    return cpu >= 0 && cpu < CPU_SETSIZE && sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_ISSET(cpu, &set);
}

uint64_t cbaseline_involuntary_switches(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_nivcsw : 0;
}

static volatile sig_atomic_t interrupted;

static void remember(int number) {
    (void)number;
    interrupted = 1;
}

void cbaseline_remember_interrupts(void) {
    struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool cbaseline_was_interrupted(void) { return interrupted != 0; }
