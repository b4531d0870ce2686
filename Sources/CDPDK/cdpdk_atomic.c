#include "include/cdpdk_atomic.h"

/* The largest power of two, 8 at most, that divides both addresses and the size. */
static unsigned long piece_size(const void *a, const void *b, unsigned long size) {
    unsigned long bits = (unsigned long)a | (unsigned long)b | size | 8;
    return bits & -bits;
}

#define COPY_PIECES(type, load, store)                                                                                 \
    for (unsigned long i = 0; i < size / sizeof(type); i++) {                                                          \
        store((type *)destination + i, load((const type *)source + i));                                                \
    }                                                                                                                  \
    return

#define PLAIN_LOAD(pointer) (*(pointer))
#define PLAIN_STORE(pointer, value) (*(pointer) = (value))
#define SHARED_LOAD(pointer) __atomic_load_n(pointer, __ATOMIC_RELAXED)
#define SHARED_STORE(pointer, value) __atomic_store_n(pointer, value, __ATOMIC_RELAXED)

void cdpdk_copy_from_shared(void *destination, const void *source, unsigned long size) {
    switch (piece_size(destination, source, size)) {
    case 8: COPY_PIECES(uint64_t, SHARED_LOAD, PLAIN_STORE);
    case 4: COPY_PIECES(uint32_t, SHARED_LOAD, PLAIN_STORE);
    case 2: COPY_PIECES(uint16_t, SHARED_LOAD, PLAIN_STORE);
    default: COPY_PIECES(uint8_t, SHARED_LOAD, PLAIN_STORE);
    }
}

void cdpdk_copy_to_shared(void *destination, const void *source, unsigned long size) {
    switch (piece_size(destination, source, size)) {
    case 8: COPY_PIECES(uint64_t, PLAIN_LOAD, SHARED_STORE);
    case 4: COPY_PIECES(uint32_t, PLAIN_LOAD, SHARED_STORE);
    case 2: COPY_PIECES(uint16_t, PLAIN_LOAD, SHARED_STORE);
    default: COPY_PIECES(uint8_t, PLAIN_LOAD, SHARED_STORE);
    }
}
