#include "include/CBaseline.h"

#include <cdpdk_atomic.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE struct cbaseline_outcome counters(uint64_t *words, uint32_t count, uint64_t rounds) {
    uint64_t start = cdpdk_cycles();
    for (uint64_t i = 0; i < rounds; i++)
        for (uint32_t j = 0; j < count; j++)
            cdpdk_store_relaxed_64(words + j, cdpdk_load_relaxed_64(words + j) + 1);
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, rounds * count};
}

struct cbaseline_outcome cbaseline_counter(uint64_t *word, uint64_t rounds) {
    return counters(word, 1, rounds);
}

struct cbaseline_outcome cbaseline_counters(uint64_t *words, uint32_t count, uint64_t rounds) {
    return counters(words, count, rounds);
}

ALWAYS_INLINE struct cbaseline_outcome read_value(const uint64_t *value, unsigned words, uint64_t rounds,
                                                  uint64_t *result) {
    uint64_t copy[64], sum = 0;
    uint64_t start = cdpdk_cycles();
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned w = 0; w < words; w++)
            copy[w] = cdpdk_load_relaxed_64(value + w);
        sum += copy[0] + copy[words - 1];
    }
    uint64_t ticks = cdpdk_cycles() - start;
    *result = sum;
    return (struct cbaseline_outcome){ticks, rounds};
}

ALWAYS_INLINE struct cbaseline_outcome write_value(uint64_t *value, unsigned words, uint64_t rounds) {
    uint64_t copy[64];
    for (unsigned w = 0; w < words; w++)
        copy[w] = cdpdk_load_relaxed_64(value + w);
    uint64_t start = cdpdk_cycles();
    for (uint64_t i = 0; i < rounds; i++) {
        copy[0] = copy[words - 1] = i;
        for (unsigned w = 0; w < words; w++)
            cdpdk_store_relaxed_64(value + w, copy[w]);
    }
    uint64_t ticks = cdpdk_cycles() - start;
    return (struct cbaseline_outcome){ticks, rounds};
}

struct cbaseline_outcome cbaseline_snapshot_read(const uint64_t *value, uint32_t size, uint64_t rounds, uint64_t *sum) {
    switch (size) {
    case 8: return read_value(value, 1, rounds, sum);
    case 64: return read_value(value, 8, rounds, sum);
    case 512: return read_value(value, 64, rounds, sum);
    }
    return (struct cbaseline_outcome){0, 0};
}

struct cbaseline_outcome cbaseline_snapshot_write(uint64_t *value, uint32_t size, uint64_t rounds) {
    switch (size) {
    case 8: return write_value(value, 1, rounds);
    case 64: return write_value(value, 8, rounds);
    case 512: return write_value(value, 64, rounds);
    }
    return (struct cbaseline_outcome){0, 0};
}
