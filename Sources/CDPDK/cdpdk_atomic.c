#include <string.h>

/* The dynamic linker chooses the version for the CPU. Callers know of one function, so only this file says so. */
#if defined(__x86_64__) && defined(__GLIBC__)
#define CDPDK_FOR_EACH_CPU __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#include "include/cdpdk_atomic.h"

/* Pieces of memory, wherever they are. */
typedef uint32_t word_32 __attribute__((aligned(1), may_alias));
typedef uint64_t word_64 __attribute__((aligned(1), may_alias));
typedef uint64_t quarter_line __attribute__((vector_size(16), aligned(1), may_alias));
typedef uint64_t half_line __attribute__((vector_size(32), aligned(1), may_alias));
typedef uint64_t line __attribute__((vector_size(64), aligned(1), may_alias));

#define MOVE(piece)                                                                                                    \
    do {                                                                                                               \
        *(piece *)(to + done) = *(const piece *)(from + done);                                                         \
        done += sizeof(piece);                                                                                         \
    } while (0)

/* Larger steps than two lines were slower where two CPUs exchange the lines. */
#define MOVE_TWO_LINES()                                                                                               \
    do {                                                                                                               \
        line first = *(const line *)(from + done), second = *(const line *)(from + done + sizeof(line));               \
        *(line *)(to + done) = first;                                                                                  \
        *(line *)(to + done + sizeof(line)) = second;                                                                  \
        done += 2 * sizeof(line);                                                                                      \
    } while (0)

/* The first two steps are written out, since the padding that aligns the loop takes time, too. */
CDPDK_FOR_EACH_CPU CDPDK_KEEPS_REGISTERS void cdpdk_copy_long_now(void *destination, const void *source, size_t size) {
    char *to = destination;
    const char *from = source;
    size_t done = 0;
    MOVE_TWO_LINES();
    if (size >= 4 * sizeof(line)) {
        MOVE_TWO_LINES();
#pragma clang loop unroll(disable)
        while (done + 2 * sizeof(line) <= size)
            MOVE_TWO_LINES();
    }
    if (done == size)
        return;
    if (size & sizeof(line))
        MOVE(line);
    if (size & sizeof(half_line))
        MOVE(half_line);
    if (size & sizeof(quarter_line))
        MOVE(quarter_line);
    if (size & sizeof(word_64))
        MOVE(word_64);
    if (size & sizeof(word_32))
        MOVE(word_32);
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
