/*
 * Atomic access to words that other processes read or write.
 *
 * A plain Swift store to such a word may be deleted or moved by the optimiser; these may not. They inline into Swift.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

#pragma clang assume_nonnull begin

#define CDPDK_INLINE static inline __attribute__((always_inline))

CDPDK_INLINE uint32_t cdpdk_load_relaxed_32(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
CDPDK_INLINE uint64_t cdpdk_load_relaxed_64(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
CDPDK_INLINE uint32_t cdpdk_load_acquire_32(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
CDPDK_INLINE uint64_t cdpdk_load_acquire_64(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

CDPDK_INLINE void cdpdk_store_relaxed_32(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}
CDPDK_INLINE void cdpdk_store_relaxed_64(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}
CDPDK_INLINE void cdpdk_store_release_32(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}
CDPDK_INLINE void cdpdk_store_release_64(uint64_t *word, uint64_t value) {
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

/* One attempt to replace `expected` by `desired`; true if that was done. */
CDPDK_INLINE bool cdpdk_compare_exchange_64(uint64_t *word, uint64_t expected, uint64_t desired) {
    return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Keeps the compiler from moving stores across it: enough if the reader comes after this process's death,
 * since all stores of a dead process are visible, in program order. */
CDPDK_INLINE void cdpdk_signal_fence(void) { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

/* Tells the CPU that this is a spinning wait. */
CDPDK_INLINE void cdpdk_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Asks for the cache line of an address to be brought near, to be read or written soon. */
CDPDK_INLINE void cdpdk_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/* A counter of time that costs a few cycles to read: the time-stamp counter where there is one. */
CDPDK_INLINE uint64_t cdpdk_cycles(void) {
#if defined(__x86_64__) || defined(__i386__)
    return __rdtsc();
#elif defined(__aarch64__)
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#else
    return __builtin_readcyclecounter();
#endif
}

/* Copies `size` bytes of memory that another process may be writing, in relaxed loads of the largest size that the
 * alignment of both addresses allows, 8 bytes at most. Each such piece is whole; the value as one need not be. */
void cdpdk_copy_from_shared(void *destination, const void *shared, size_t size);

/* The same in the other direction: relaxed stores to memory that other processes read. */
void cdpdk_copy_to_shared(void *shared, const void *source, size_t size);

#pragma clang assume_nonnull end
