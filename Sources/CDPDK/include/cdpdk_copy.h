/* Copies between a ring's slots and other memory, wherever they lie. */
#pragma once

#include "cdpdk_atomic.h"

#pragma clang assume_nonnull begin

/* 64 bytes. */
typedef struct {
    char bytes[64];
} cdpdk_line;

/* Whether the CPU has registers of a line, AVX-512's. Found when the library is loaded. */
extern bool cdpdk_has_line_registers __attribute__((swift_attr("nonisolated(unsafe)")));

/* Whether cdpdk_copy_line and cdpdk_copy_two_lines can be used. */
CDPDK_INLINE bool cdpdk_copies_lines(void) {
#if defined(__x86_64__)
    return cdpdk_has_line_registers;
#else
    return true;
#endif
}

/* Copies a line in place. A program for any x86 CPU has AVX-512 only as assembler. The registers from 16 on leave
 * nothing behind in the CPU that would delay other instructions, as the lower ones do until vzeroupper. */
CDPDK_INLINE void cdpdk_copy_line(void *destination, const void *source) {
#if defined(__x86_64__)
    __asm__ volatile("vmovups %1, %%zmm16\n\t"
                     "vmovups %%zmm16, %0"
                     : "=m"(*(cdpdk_line *)destination)
                     : "m"(*(const cdpdk_line *)source)
                     : "xmm16");
#else
    __builtin_memcpy(destination, source, sizeof(cdpdk_line));
#endif
}

/* The same for two lines. Larger steps were slower where two CPUs exchange the lines. */
CDPDK_INLINE void cdpdk_copy_two_lines(void *destination, const void *source) {
#if defined(__x86_64__)
    cdpdk_line *to = (cdpdk_line *)destination;
    const cdpdk_line *from = (const cdpdk_line *)source;
    __asm__ volatile("vmovups %2, %%zmm16\n\t"
                     "vmovups %3, %%zmm17\n\t"
                     "vmovups %%zmm16, %0\n\t"
                     "vmovups %%zmm17, %1"
                     : "=m"(to[0]), "=m"(to[1])
                     : "m"(from[0]), "m"(from[1])
                     : "xmm16", "xmm17");
#else
    __builtin_memcpy(destination, source, 2 * sizeof(cdpdk_line));
#endif
}

/* Copies two runs of bytes. */
CDPDK_RARE void cdpdk_copy_runs_now(void *to, const void *from, size_t size, void *to2, const void *from2,
                                    size_t size2);
CDPDK_INLINE void cdpdk_copy_runs(void *to, const void *from, size_t size, void *to2, const void *from2, size_t size2) {
    CDPDK_ADDRESS(cdpdk_copy_runs_now)(to, from, size, to2, from2, size2);
}

#pragma clang assume_nonnull end
