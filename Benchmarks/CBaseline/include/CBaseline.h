/*
 * What the library is measured against: the same loops in C, over DPDK's own inline functions.
 *
 * Like CDPDK, this includes no header of DPDK in what Swift sees. Every loop gets the same ring, buffers and thread as
 * its counterpart in Swift, and counts what comes out of the ring as that does.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

struct cbaseline_ring; /* rte_ring */
struct cbaseline_pool; /* rte_mempool */

/* What a loop on one CPU did: the time that it took, in ticks of `cdpdk_cycles`, and how many elements came out of the
 * ring, in whole bursts. It ends at the first burst that is not whole, and then they are fewer than was asked for. */
struct cbaseline_outcome {
    uint64_t ticks;
    uint64_t moved;
};

/* Tells the compiler that nothing that was read from memory is known any more. */
static inline void cbaseline_forget(void) { __asm__ volatile("" ::: "memory"); }

struct cbaseline_ring *_Nullable cbaseline_ring_lookup(const char *name);
struct cbaseline_pool *_Nullable cbaseline_pool_lookup(const char *name);

/* Has an empty ring with exclusive ends, which nobody has, go on with the slot of this number. */
void cbaseline_ring_restart(struct cbaseline_ring *ring, uint32_t slot);

/* Elements have 8, 16 or 64 bytes: each is a constant of a loop of its own. */
bool cbaseline_has_element_size(uint32_t size);

/* One CPU: enqueue a burst, then dequeue it, `rounds` times. */
struct cbaseline_outcome cbaseline_bursts(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                          void *destination, uint32_t burst, uint64_t rounds);
/* The same with all or nothing. */
struct cbaseline_outcome cbaseline_bulks(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                         void *destination, uint32_t burst, uint64_t rounds);
/* The same, `burst` elements one by one, then as many dequeued one by one. */
struct cbaseline_outcome cbaseline_singles(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                           void *destination, uint32_t burst, uint64_t rounds);
/* The same in place, for elements of 64 bytes: each word is written, and each is read for the sum. */
struct cbaseline_outcome cbaseline_in_place(struct cbaseline_ring *ring, uint32_t burst, uint64_t rounds,
                                            uint64_t *sum);

/* Two CPUs: until `count` elements, at least, were enqueued or dequeued. Both return how many were. */
uint64_t cbaseline_produce(struct cbaseline_ring *ring, uint32_t element_size, const void *source, uint32_t burst,
                           uint64_t count);
uint64_t cbaseline_consume(struct cbaseline_ring *ring, uint32_t element_size, void *destination, uint32_t burst,
                           uint64_t count);
/* Takes out what is left, and returns how many that were. */
uint64_t cbaseline_drain(struct cbaseline_ring *ring, uint32_t element_size);

/* Packets, one CPU: `burst` packets through the ring and back into the array, `rounds` times. None count as moved where
 * others came back in the end than went in. */
struct cbaseline_outcome cbaseline_packets_around(struct cbaseline_ring *ring, struct cbaseline_pool *pool,
                                                  uint32_t burst, uint64_t rounds);
/* Packets, one CPU: allocate, enqueue, dequeue, free. */
struct cbaseline_outcome cbaseline_packets_through(struct cbaseline_ring *ring, struct cbaseline_pool *pool,
                                                   uint32_t burst, uint64_t rounds);
/* Packets, one CPU: the EtherType of each of `burst` packets is read, `rounds` times. */
struct cbaseline_outcome cbaseline_packets_each(struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds,
                                                uint64_t *sum);
/* Packets, two CPUs: allocated and enqueued on one side, dequeued and freed on the other, `count` of them: a multiple
 * of `burst`. Both return how many were. */
uint64_t cbaseline_packets_produce(struct cbaseline_ring *ring, struct cbaseline_pool *pool, uint32_t burst,
                                   uint64_t count);
uint64_t cbaseline_packets_consume(struct cbaseline_ring *ring, uint32_t burst, uint64_t count);

/* Gives a cache line to the other side `count` times, and gets it back; the other side calls the second one. */
uint64_t cbaseline_line_ping(uint64_t *line, uint64_t count);
void cbaseline_line_pong(uint64_t *line, uint64_t count);

/* Whether this process may run on a CPU. */
bool cbaseline_may_run_on(int cpu);

/* How often the kernel took the CPU from a thread of this process. */
uint64_t cbaseline_involuntary_switches(void);

/* From here on, SIGINT and SIGTERM are only remembered, so that nothing is left behind. */
void cbaseline_remember_interrupts(void);
bool cbaseline_was_interrupted(void);

#pragma clang assume_nonnull end
