#include "include/CBaseline.h"

#include <string.h>

#include <cdpdk_atomic.h>
#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_pause.h>
#include <rte_ring.h>
#include <rte_ring_peek_zc.h>

/* The element size must be a constant for DPDK's inline functions, which choose the code of their copies by it. */
#define WITH_CONSTANT_SIZE(size, call)                                                                                 \
    switch (size) {                                                                                                    \
    case 4: {                                                                                                          \
        enum { SIZE = 4 };                                                                                             \
        call;                                                                                                          \
        break;                                                                                                         \
    }                                                                                                                  \
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
        if (n == 0) {
            rte_pause();
            if (cbaseline_is_alone())
                break;
        }
        sent += n;
    }
    return sent;
}

CONSTANT uint64_t consume(struct rte_ring *ring, unsigned size, void *destination, unsigned burst, uint64_t count) {
    uint64_t received = 0;
    while (received < count) {
        unsigned n = rte_ring_sc_dequeue_burst_elem(ring, destination, size, burst, NULL);
        if (n == 0) {
            rte_pause();
            if (cbaseline_is_alone())
                break;
        }
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

CONSTANT uint64_t produce_singles(struct rte_ring *ring, unsigned size, const void *source, uint64_t count) {
    uint64_t sent = 0;
    while (sent < count) {
        if (rte_ring_sp_enqueue_elem(ring, (void *)(uintptr_t)source, size) == 0) {
            sent++;
            continue;
        }
        rte_pause();
        if (cbaseline_is_alone())
            break;
    }
    return sent;
}

CONSTANT uint64_t consume_singles(struct rte_ring *ring, unsigned size, void *destination, uint64_t count) {
    uint64_t received = 0;
    while (received < count) {
        if (rte_ring_sc_dequeue_elem(ring, destination, size) == 0) {
            received++;
            continue;
        }
        rte_pause();
        if (cbaseline_is_alone())
            break;
    }
    return received;
}

uint64_t cbaseline_produce_singles(struct cbaseline_ring *ring, uint32_t size, const void *source, uint64_t count) {
    WITH_CONSTANT_SIZE(size, return produce_singles((struct rte_ring *)ring, SIZE, source, count))
    return 0;
}

uint64_t cbaseline_consume_singles(struct cbaseline_ring *ring, uint32_t size, void *destination, uint64_t count) {
    WITH_CONSTANT_SIZE(size, return consume_singles((struct rte_ring *)ring, SIZE, destination, count))
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

uint64_t cbaseline_produce_in_place(struct cbaseline_ring *shared, uint32_t burst, uint64_t count) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_ring_zc_data run;
    uint64_t sent = 0;
    while (sent < count) {
        unsigned n = rte_ring_enqueue_zc_burst_elem_start(ring, sizeof(struct words), burst, &run, NULL);
        if (n == 0) {
            rte_pause();
            if (cbaseline_is_alone())
                break;
            continue;
        }
        unsigned n1 = RTE_MIN(n, run.n1);
        sent = fill(run.ptr1, n1, sent);
        if (unlikely(n1 < n))
            sent = fill(run.ptr2, n - n1, sent);
        rte_ring_enqueue_zc_elem_finish(ring, n);
    }
    return sent;
}

uint64_t cbaseline_consume_in_place(struct cbaseline_ring *shared, uint32_t burst, uint64_t count, uint64_t *result) {
    struct rte_ring *ring = (struct rte_ring *)shared;
    struct rte_ring_zc_data run;
    uint64_t received = 0, sum = 0;
    while (received < count) {
        unsigned n = rte_ring_dequeue_zc_burst_elem_start(ring, sizeof(struct words), burst, &run, NULL);
        if (n == 0) {
            rte_pause();
            if (cbaseline_is_alone())
                break;
            continue;
        }
        unsigned n1 = RTE_MIN(n, run.n1);
        sum += add(run.ptr1, n1);
        if (unlikely(n1 < n))
            sum += add(run.ptr2, n - n1);
        rte_ring_dequeue_zc_elem_finish(ring, n);
        received += n;
    }
    *result = sum;
    return received;
}

/* There and back, one element at a time; the numbers in it are those of the trips. */
CONSTANT uint64_t ping(struct rte_ring *forth, struct rte_ring *back, unsigned size, uint32_t *ticks, uint64_t count) {
    /* DPDK copies elements of 64 bytes as words of 32 bits: to anything but bytes, that would be undefined. */
    char element[64] __rte_aligned(16) = {0}, answer[64] __rte_aligned(16);
    for (uint64_t i = 0; i < count; i++) {
        for (unsigned w = 0; w < size / 8; w++)
            memcpy(element + w * sizeof(i), &i, sizeof(i));
        uint64_t start = cdpdk_cycles();
        rte_ring_sp_enqueue_elem(forth, element, size);
        while (rte_ring_sc_dequeue_elem(back, answer, size) != 0) {
            rte_pause();
            if (cbaseline_is_alone())
                return i;
        }
        ticks[i] = (uint32_t)(cdpdk_cycles() - start);
        uint64_t number;
        memcpy(&number, answer, sizeof(number));
        if (number != i)
            return i;
    }
    return count;
}

CONSTANT uint64_t echo(struct rte_ring *forth, struct rte_ring *back, unsigned size, uint64_t count) {
    char element[64] __rte_aligned(16);
    for (uint64_t i = 0; i < count; i++) {
        while (rte_ring_sc_dequeue_elem(forth, element, size) != 0) {
            rte_pause();
            if (cbaseline_is_alone())
                return i;
        }
        rte_ring_sp_enqueue_elem(back, element, size);
    }
    return count;
}

uint64_t cbaseline_ping(struct cbaseline_ring *forth, struct cbaseline_ring *back, uint32_t size, uint32_t *ticks,
                        uint64_t count) {
    WITH_CONSTANT_SIZE(size, return ping((struct rte_ring *)forth, (struct rte_ring *)back, SIZE, ticks, count))
    return 0;
}

uint64_t cbaseline_echo(struct cbaseline_ring *forth, struct cbaseline_ring *back, uint32_t size, uint64_t count) {
    WITH_CONSTANT_SIZE(size, return echo((struct rte_ring *)forth, (struct rte_ring *)back, SIZE, count))
    return 0;
}
