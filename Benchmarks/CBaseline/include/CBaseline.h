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

void *_Nullable cbaseline_region_lookup(const char *name);

/* Whether the other process of a cell has ended. The loops of both sides look at this only while nothing moves. */
extern int cbaseline_alone;
static inline bool cbaseline_is_alone(void) { return __atomic_load_n(&cbaseline_alone, __ATOMIC_RELAXED) != 0; }
void cbaseline_set_alone(bool is_alone);

/* Makes the kernel end this process when the process that started it ends. */
void cbaseline_end_with_parent(void);

/* Makes an empty ring continue at this slot. No process may hold an end of the ring. */
void cbaseline_ring_restart(struct cbaseline_ring *ring, uint32_t slot);

/* Elements have 4, 8, 16 or 64 bytes. Each size is a constant in its loop.
 *
 * One CPU: enqueues a burst and dequeues it, `rounds` times. */
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
/* The same one by one. */
uint64_t cbaseline_produce_singles(struct cbaseline_ring *ring, uint32_t element_size, const void *source,
                                   uint64_t count);
uint64_t cbaseline_consume_singles(struct cbaseline_ring *ring, uint32_t element_size, void *destination,
                                   uint64_t count);
/* The same in place, for elements of 64 bytes: each of their eight words is their number, from 0 on, and all words that
 * are read are added to the sum. */
uint64_t cbaseline_produce_in_place(struct cbaseline_ring *ring, uint32_t burst, uint64_t count);
uint64_t cbaseline_consume_in_place(struct cbaseline_ring *ring, uint32_t burst, uint64_t count, uint64_t *sum);
/* Dequeues all elements that are left, and returns how many there were. */
uint64_t cbaseline_drain(struct cbaseline_ring *ring, uint32_t element_size);

/* The same through rings with many producers and consumers. Each kind of ring is a constant in its loops. */
enum cbaseline_sharing { CBASELINE_MP_MC, CBASELINE_RTS, CBASELINE_HTS };

struct cbaseline_outcome cbaseline_shared_bursts(struct cbaseline_ring *ring, enum cbaseline_sharing sharing,
                                                 const void *source, void *destination, uint32_t burst,
                                                 uint64_t rounds);
uint64_t cbaseline_shared_produce(struct cbaseline_ring *ring, enum cbaseline_sharing sharing, const void *source,
                                  uint32_t burst, uint64_t count);
uint64_t cbaseline_shared_consume(struct cbaseline_ring *ring, enum cbaseline_sharing sharing, void *destination,
                                  uint32_t burst, uint64_t count);
uint64_t cbaseline_shared_drain(struct cbaseline_ring *ring, enum cbaseline_sharing sharing);
struct cbaseline_outcome cbaseline_shared_packets_around(struct cbaseline_ring *ring, enum cbaseline_sharing sharing,
                                                         struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds);

/* Round trips through two rings, elements of 8 or 64 bytes. The first function notes the ticks of each trip, and stops
 * at an element that is not the one that it sent. The other side runs the second. Both return the number of trips. */
uint64_t cbaseline_ping(struct cbaseline_ring *forth, struct cbaseline_ring *back, uint32_t element_size,
                        uint32_t *ticks, uint64_t count);
uint64_t cbaseline_echo(struct cbaseline_ring *forth, struct cbaseline_ring *back, uint32_t element_size,
                        uint64_t count);

/* Packets, one CPU: allocates and frees a burst, or a packet, `rounds` times. */
struct cbaseline_outcome cbaseline_pool(struct cbaseline_pool *pool, uint32_t burst, uint64_t rounds);
struct cbaseline_outcome cbaseline_pool_single(struct cbaseline_pool *pool, uint64_t rounds);

/* A region: adds 1 to a counter, or to each of `count` counters beside each other, `rounds` times. */
struct cbaseline_outcome cbaseline_counter(uint64_t *counter, uint64_t rounds);
struct cbaseline_outcome cbaseline_counters(uint64_t *counters, uint32_t count, uint64_t rounds);
/* A region: copies a value of 8, 64 or 512 bytes out of it, or into it, `rounds` times. The first function adds up the
 * first and the last word of each value; the second writes the number of the round into them. */
struct cbaseline_outcome cbaseline_snapshot_read(const uint64_t *value, uint32_t size, uint64_t rounds, uint64_t *sum);
struct cbaseline_outcome cbaseline_snapshot_write(uint64_t *value, uint32_t size, uint64_t rounds);

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

/* Starts a program, which may run on any CPU and is killed when this thread ends, and returns its pid. With an output,
 * which is its standard output, the moment of its start is the first line of it: nanoseconds of CLOCK_MONOTONIC. */
int cbaseline_start(const char *_Nullable const *_Nonnull arguments, int output);

/* Connects to the telemetry socket of a process: -1 if that does not answer. */
int cbaseline_telemetry(const char *path);
/* How many packets a port has transmitted, in all processes. */
bool cbaseline_packets_out(int connection, uint32_t port, uint64_t *count);

/* Stops the main thread of a process, executes so many instructions of it one by one, and lets it go. */
bool cbaseline_step_begin(int pid);
bool cbaseline_step(int pid, uint64_t count);
void cbaseline_step_end(int pid);

/* Whether the calling thread may run on a CPU. */
bool cbaseline_may_run_on(int cpu);

/* How often the kernel took the CPU from a thread of this process. */
uint64_t cbaseline_involuntary_switches(void);

/* From now on, SIGINT and SIGTERM are only remembered, so that the program can clean up before it ends. */
void cbaseline_remember_interrupts(void);
bool cbaseline_was_interrupted(void);

#pragma clang assume_nonnull end
