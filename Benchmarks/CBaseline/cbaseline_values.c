#include "include/CBaseline.h"

#include <cdpdk_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_pause.h>
#include <rte_ring.h>
#include <rte_ring_peek_zc.h>

/* The element size must be a constant for DPDK's inline functions, which choose the code of their copies by it. */
#define WITH_CONSTANT_SIZE(size, call)                                                                                 \
    switch (size) {                                                                                                    \
    case 8: {                                                                                                          \
        enum { SIZE = 8 };                                                                                             \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
    case 16: {                                                                                                         \
        enum { SIZE = 16 };                                                                                            \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
    case 64: {                                                                                                         \
        enum { SIZE = 64 };                                                                                            \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
    }

#define CONSTANT static __rte_always_inline

bool cbaseline_has_element_size(uint32_t size) { return size == 8 || size == 16 || size == 64; }

CONSTANT struct cbaseline_outcome bursts(struct rte_ring *ring, unsigned size, const void *source, void *destination,
                                         unsigned burst, uint64_t rounds) {
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        rte_ring_sp_enqueue_burst_elem(ring, source, size, burst, NULL);
        if (unlikely(rte_ring_sc_dequeue_burst_elem(ring, destination, size, burst, NULL) != burst))
            break;
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i * burst};
}

CONSTANT struct cbaseline_outcome bulks(struct rte_ring *ring, unsigned size, const void *source, void *destination,
                                        unsigned burst, uint64_t rounds) {
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        rte_ring_sp_enqueue_bulk_elem(ring, source, size, burst, NULL);
        if (unlikely(rte_ring_sc_dequeue_bulk_elem(ring, destination, size, burst, NULL) != burst))
            break;
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i * burst};
}

CONSTANT struct cbaseline_outcome singles(struct rte_ring *ring, unsigned size, const void *source, void *destination,
                                          unsigned burst, uint64_t rounds) {
    const char *from = source;
    char *to = destination;
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        for (unsigned j = 0; j < burst; j++)
            rte_ring_sp_enqueue_elem(ring, (void *)(uintptr_t)(from + j * size), size);
        for (unsigned j = 0; j < burst; j++)
            if (unlikely(rte_ring_sc_dequeue_elem(ring, to + j * size, size) != 0))
                goto end;
    }
end:;
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, i * burst};
}

CONSTANT uint64_t produce(struct rte_ring *ring, unsigned size, const void *source, unsigned burst, uint64_t count) {
    uint64_t sent = 0;
    while (sent < count) {
        unsigned n = rte_ring_sp_enqueue_burst_elem(ring, source, size, burst, NULL);
        if (n == 0)
            rte_pause();
        sent += n;
    }
    return sent;
}

CONSTANT uint64_t consume(struct rte_ring *ring, unsigned size, void *destination, unsigned burst, uint64_t count) {
    uint64_t received = 0;
    while (received < count) {
        unsigned n = rte_ring_sc_dequeue_burst_elem(ring, destination, size, burst, NULL);
        if (n == 0)
            rte_pause();
        received += n;
    }
    return received;
}

struct cbaseline_outcome cbaseline_bursts(struct cbaseline_ring *ring, uint32_t size, const void *source,
                                          void *destination, uint32_t burst, uint64_t rounds) {
    WITH_CONSTANT_SIZE(size, return bursts((struct rte_ring *)ring, SIZE, source, destination, burst, rounds))
    return (struct cbaseline_outcome){0, 0};
}

struct cbaseline_outcome cbaseline_bulks(struct cbaseline_ring *ring, uint32_t size, const void *source,
                                         void *destination, uint32_t burst, uint64_t rounds) {
    WITH_CONSTANT_SIZE(size, return bulks((struct rte_ring *)ring, SIZE, source, destination, burst, rounds))
    return (struct cbaseline_outcome){0, 0};
}

struct cbaseline_outcome cbaseline_singles(struct cbaseline_ring *ring, uint32_t size, const void *source,
                                           void *destination, uint32_t burst, uint64_t rounds) {
    WITH_CONSTANT_SIZE(size, return singles((struct rte_ring *)ring, SIZE, source, destination, burst, rounds))
    return (struct cbaseline_outcome){0, 0};
}

uint64_t cbaseline_produce(struct cbaseline_ring *ring, uint32_t size, const void *source, uint32_t burst,
                           uint64_t count) {
    WITH_CONSTANT_SIZE(size, return produce((struct rte_ring *)ring, SIZE, source, burst, count))
    return 0;
}

uint64_t cbaseline_consume(struct cbaseline_ring *ring, uint32_t size, void *destination, uint32_t burst,
                           uint64_t count) {
    WITH_CONSTANT_SIZE(size, return consume((struct rte_ring *)ring, SIZE, destination, burst, count))
    return 0;
}

uint64_t cbaseline_drain(struct cbaseline_ring *ring, uint32_t size) {
    char element[64];
    uint64_t drained = 0;
    while (rte_ring_sc_dequeue_elem((struct rte_ring *)ring, element, size) == 0)
        drained++;
    return drained;
}

struct words {
    uint64_t word[8];
};

static __rte_always_inline uint64_t fill(struct words *elements, unsigned count, uint64_t value) {
    for (unsigned i = 0; i < count; i++, value++)
        for (unsigned w = 0; w < 8; w++)
            elements[i].word[w] = value;
    return value;
}

static __rte_always_inline uint64_t add(const struct words *elements, unsigned count) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        for (unsigned w = 0; w < 8; w++)
            sum += elements[i].word[w];
    return sum;
}

struct cbaseline_outcome cbaseline_in_place(struct cbaseline_ring *shared, uint32_t burst, uint64_t rounds,
                                            uint64_t *result) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_ring_zc_data run;
    uint64_t value = 0, sum = 0;
    uint64_t i = 0;
    uint64_t start = cdpdk_cycles();
    for (; i < rounds; i++) {
        unsigned n = rte_ring_enqueue_zc_burst_elem_start(ring, sizeof(struct words), burst, &run, NULL);
        unsigned n1 = RTE_MIN(n, run.n1);
        value = fill(run.ptr1, n1, value);
        if (unlikely(n1 < n))
            value = fill(run.ptr2, n - n1, value);
        rte_ring_enqueue_zc_elem_finish(ring, n);

        n = rte_ring_dequeue_zc_burst_elem_start(ring, sizeof(struct words), burst, &run, NULL);
        n1 = RTE_MIN(n, run.n1);
        sum += add(run.ptr1, n1);
        if (unlikely(n1 < n))
            sum += add(run.ptr2, n - n1);
        rte_ring_dequeue_zc_elem_finish(ring, n);
        if (unlikely(n != burst))
            break;
    }
    uint64_t ticks = cdpdk_cycles() - start;
    *result = sum;
    return (struct cbaseline_outcome){ticks, i * burst};
}
