/*
 * The C loops that the library is measured against. They use DPDK's own inline functions.
 *
 * As in CDPDK, this header includes no header of DPDK, since Swift imports it. Each loop runs on the same ring, buffers
 * and thread as its Swift counterpart, and counts the elements that come out of the ring in the same way.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

struct cbaseline_ring; /* rte_ring */
struct cbaseline_pool; /* rte_mempool */

/* The result of a loop on one CPU: its time, in ticks of `cdpdk_cycles`, and how many elements came out of the ring in
 * whole bursts. The loop ends early at the first burst that is not whole. */
struct cbaseline_outcome {
    uint64_t ticks;
    uint64_t moved;
};

/* Makes the compiler read all values from memory again. */
static inline void cbaseline_forget(void) { __asm__ volatile("" ::: "memory"); }

struct cbaseline_ring *_Nullable cbaseline_ring_lookup(const char *name);
struct cbaseline_pool *_Nullable cbaseline_pool_lookup(const char *name);

/* Makes an empty ring continue at this slot. The ring must have exclusive ends, and no process may hold them. */
void cbaseline_ring_restart(struct cbaseline_ring *ring, uint32_t slot);

/* Whether there are loops for elements of this size: 8, 16 and 64 bytes, each a constant in its loop. */
bool cbaseline_has_element_size(uint32_t size);

/* One CPU: enqueues a burst and dequeues it, `rounds` times. */
struct cbaseline_outcome cbaseline_bursts(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                          void *destination, uint32_t burst, uint64_t rounds);
/* The same with the functions for bulks, which move all or none. */
struct cbaseline_outcome cbaseline_bulks(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                         void *destination, uint32_t burst, uint64_t rounds);
/* The same, but enqueues `burst` elements one by one, then dequeues them one by one. */
struct cbaseline_outcome cbaseline_singles(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                           void *destination, uint32_t burst, uint64_t rounds);
/* The same in place, for elements of 64 bytes: writes every word, and adds all words that it reads to the sum. */
struct cbaseline_outcome cbaseline_in_place(struct cbaseline_ring *ring, uint32_t burst, uint64_t rounds,
                                            uint64_t *sum);

/* Two CPUs: enqueue and dequeue until at least `count` elements have moved. Both return how many did. */
uint64_t cbaseline_produce(struct cbaseline_ring *ring, uint32_t element_size, const void *source, uint32_t burst,
                           uint64_t count);
uint64_t cbaseline_consume(struct cbaseline_ring *ring, uint32_t element_size, void *destination, uint32_t burst,
                           uint64_t count);
/* Dequeues all elements that are left, and returns how many there were. */
uint64_t cbaseline_drain(struct cbaseline_ring *ring, uint32_t element_size);

/* Packets, one CPU: `burst` packets through the ring and back into the array, `rounds` times. The result is 0 elements
 * if other packets came back than went in. */
struct cbaseline_outcome cbaseline_packets_around(struct cbaseline_ring *ring, struct cbaseline_pool *pool,
                                                  uint32_t burst, uint64_t rounds);
/* Packets, one CPU: allocates, enqueues, dequeues and frees a burst, `rounds` times. */
struct cbaseline_outcome cbaseline_packets_through(struct cbaseline_ring *ring, struct cbaseline_pool *pool,
                                                   uint32_t burst, uint64_t rounds);
/* Packets, one CPU: reads the EtherType of each of `burst` packets, `rounds` times. */
struct cbaseline_outcome cbaseline_packets_each(struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds,
                                                uint64_t *sum);
/* Packets, two CPUs: one side allocates and enqueues `count` packets, the other dequeues and frees them. `count` must
 * be a multiple of `burst`. Both return how many packets they moved. */
uint64_t cbaseline_packets_produce(struct cbaseline_ring *ring, struct cbaseline_pool *pool, uint32_t burst,
                                   uint64_t count);
uint64_t cbaseline_packets_consume(struct cbaseline_ring *ring, uint32_t burst, uint64_t count);

/* Passes a cache line to another CPU and back, `count` times. The other CPU runs the second function. */
uint64_t cbaseline_line_ping(uint64_t *line, uint64_t count);
void cbaseline_line_pong(uint64_t *line, uint64_t count);

/* Whether the calling thread may run on a CPU. */
bool cbaseline_may_run_on(int cpu);

/* How often the kernel took the CPU from a thread of this process. */
uint64_t cbaseline_involuntary_switches(void);

/* From now on, SIGINT and SIGTERM are only remembered, so that the program can clean up before it ends. */
void cbaseline_remember_interrupts(void);
bool cbaseline_was_interrupted(void);

#pragma clang assume_nonnull end
