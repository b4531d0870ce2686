#include "include/cdpdk_atomic.h"

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
