/*
 * Atomic access to words that other processes read or write.
 *
 * The optimiser may delete or move a plain Swift store to such a word, but not these. They inline into Swift.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

#define CDPDK_INLINE static inline __attribute__((always_inline))
/* A variable of the thread that is reached without a call. glibc has some 1 600 bytes for these, and for DPDK's, in
 * libraries that are loaded at run time; GLIBC_TUNABLES=glibc.rtld.optional_static_tls=… makes it more. */
#define CDPDK_THREAD_LOCAL __thread __attribute__((tls_model("initial-exec")))
/* A function that an inner loop calls: it keeps the general registers, so that the loop can have its values in them.
 * Swift does not know the convention, so it calls an inline function, which calls this one. That uses the address: the
 * dynamic linker, which may bind a direct call when it is first made, does not keep the registers. */
#if defined(__x86_64__) || defined(__aarch64__)
#define CDPDK_KEEPS_REGISTERS __attribute__((preserve_most))
#else
#define CDPDK_KEEPS_REGISTERS
#endif
/* The same, called rarely. */
#define CDPDK_RARE CDPDK_KEEPS_REGISTERS __attribute__((cold))
#define CDPDK_ADDRESS(function)                                                                                        \
    ({                                                                                                                 \
        __typeof__(&function) address = &function;                                                                     \
        __asm__ volatile("" : "+r"(address));                                                                          \
        address;                                                                                                       \
    })

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

/* Replaces `expected` with `desired` in one attempt. False if the word has another value. */
CDPDK_INLINE bool cdpdk_compare_exchange_64(uint64_t *word, uint64_t expected, uint64_t desired) {
    return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Keeps the compiler from moving stores across this point. That is enough for a reader that comes after this process's
 * death: all stores of a dead process are visible, in program order. What only this thread can reach may stay in
 * registers, which it may not across __atomic_signal_fence. */
CDPDK_INLINE void cdpdk_signal_fence(void) { __asm__ volatile("" ::: "memory"); }

/* Tells the CPU that the thread spins while it waits. */
CDPDK_INLINE void cdpdk_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Brings the cache line of an address into the CPU's cache, since it will be used soon. */
CDPDK_INLINE void cdpdk_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/* The same for a line that will be written. Before Broadwell, x86 does nothing then. */
CDPDK_INLINE void cdpdk_prefetch_to_write(const void *address) {
#if defined(__x86_64__)
    __asm__ volatile("prefetchw %0" : : "m"(*(const char *)address));
#else
    __builtin_prefetch(address, 1, 3);
#endif
}

/* A counter of time that costs a few cycles to read: the CPU's time-stamp counter if it has one. */
CDPDK_INLINE uint64_t cdpdk_cycles(void) {
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
#else
    return __builtin_readcyclecounter();
#endif
}

/* Copies `size` bytes of memory that another process may be writing. It uses relaxed loads of the largest size that the
 * alignment of both addresses allows, 8 bytes at most. No such piece is torn, but the whole value may be. */
void cdpdk_copy_from_shared(void *destination, const void *shared, size_t size);

/* Copies `size` bytes into memory that other processes may be reading, with relaxed stores of the same sizes. */
void cdpdk_copy_to_shared(void *shared, const void *source, size_t size);

/* Two words. Where they lie at a multiple of 16, x86 reads and writes both at once if it has AVX, as its makers say,
 * and otherwise each word by itself: neither is torn. */
typedef uint64_t cdpdk_words __attribute__((vector_size(16), may_alias));
typedef uint64_t cdpdk_words_anywhere __attribute__((vector_size(16), aligned(8), may_alias));

/* Whether `shared` and `size` allow to copy two words at a time. */
CDPDK_INLINE bool cdpdk_copies_two_words(const void *shared, size_t size) {
#if defined(__x86_64__)
    return size >= sizeof(cdpdk_words) && (uintptr_t)shared % sizeof(cdpdk_words) == 0;
#else
    (void)shared;
    (void)size;
    return false;
#endif
}

/* Both for addresses that are multiples of 8 and a size that is one, in place. */
CDPDK_INLINE void cdpdk_copy_words_from_shared(void *destination, const void *shared, size_t size) {
    uint64_t *to = (uint64_t *)destination;
    const uint64_t *from = (const uint64_t *)shared;
    size_t i = 0, count = size / 8;
    if (__builtin_expect(cdpdk_copies_two_words(shared, size), 1))
        for (; i + 2 <= count; i += 2)
            *(cdpdk_words_anywhere *)(to + i) = *(const volatile cdpdk_words *)(from + i);
    for (; i < count; i++)
        to[i] = cdpdk_load_relaxed_64(from + i);
}

CDPDK_INLINE void cdpdk_copy_words_to_shared(void *shared, const void *source, size_t size) {
    uint64_t *to = (uint64_t *)shared;
    const uint64_t *from = (const uint64_t *)source;
    size_t i = 0, count = size / 8;
    if (__builtin_expect(cdpdk_copies_two_words(shared, size), 1))
        for (; i + 2 <= count; i += 2)
            *(volatile cdpdk_words *)(to + i) = *(const cdpdk_words_anywhere *)(from + i);
    for (; i < count; i++)
        cdpdk_store_relaxed_64(to + i, from[i]);
}

#pragma clang assume_nonnull end
