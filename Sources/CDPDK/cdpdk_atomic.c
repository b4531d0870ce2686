#include "include/cdpdk_atomic.h"

#include <string.h>

/* The dynamic linker chooses the version for the CPU. */
#if defined(__x86_64__) && defined(__GLIBC__)
#define FOR_EACH_CPU __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_CPU
#endif

/* A cache line, wherever it is. */
typedef uint64_t line __attribute__((vector_size(64), aligned(1), may_alias));

FOR_EACH_CPU void cdpdk_copy_long(void *destination, const void *source, size_t size) {
    char *to = destination;
    const char *from = source;
    /* Larger steps were slower where two CPUs exchange the lines. */
#pragma clang loop unroll(disable)
    for (; size >= 2 * sizeof(line); size -= 2 * sizeof(line)) {
        line first = *(const line *)from, second = *(const line *)(from + sizeof(line));
        *(line *)to = first;
        *(line *)(to + sizeof(line)) = second;
        to += 2 * sizeof(line);
        from += 2 * sizeof(line);
    }
    if (size > 0)
        memcpy(to, from, size);
}

CDPDK_RARE void cdpdk_copy_runs_now(void *to, const void *from, size_t size, void *to2, const void *from2,
                                    size_t size2) {
    memcpy(to, from, size);
    memcpy(to2, from2, size2);
}

/* The largest power of two, 8 at most, that divides both addresses. */
static size_t piece_size(const void *a, const void *b) {
    uintptr_t bits = (uintptr_t)a | (uintptr_t)b | 8;
    return bits & -bits;
}

/* Copies whole pieces of a type while enough bytes are left. Both addresses stay aligned for the smaller types. */
#define COPY_PIECES(type, load, store)                                                                                 \
    for (; size >= sizeof(type); size -= sizeof(type)) {                                                               \
        store((type *)to, load((const type *)from));                                                                   \
        to += sizeof(type);                                                                                            \
        from += sizeof(type);                                                                                          \
    }

#define COPY(load, store)                                                                                              \
    char *to = destination;                                                                                            \
    const char *from = source;                                                                                         \
    switch (piece_size(to, from)) {                                                                                    \
    case 8: COPY_PIECES(uint64_t, load, store) /* fall through */                                                      \
    case 4: COPY_PIECES(uint32_t, load, store) /* fall through */                                                      \
    case 2: COPY_PIECES(uint16_t, load, store) /* fall through */                                                      \
    default: COPY_PIECES(uint8_t, load, store)                                                                         \
    }

#define PLAIN_LOAD(pointer) (*(pointer))
#define PLAIN_STORE(pointer, value) (*(pointer) = (value))
#define SHARED_LOAD(pointer) __atomic_load_n(pointer, __ATOMIC_RELAXED)
#define SHARED_STORE(pointer, value) __atomic_store_n(pointer, value, __ATOMIC_RELAXED)

void cdpdk_copy_from_shared(void *destination, const void *source, size_t size) { COPY(SHARED_LOAD, PLAIN_STORE) }

void cdpdk_copy_to_shared(void *destination, const void *source, size_t size) { COPY(PLAIN_LOAD, SHARED_STORE) }
