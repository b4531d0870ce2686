/* NUMA nodes: libnuma, and where pages lie. */
#ifndef CDPDK_NUMA_H
#define CDPDK_NUMA_H

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/* Whether the kernel, and the container if there is one, let this process ask about NUMA nodes.
 * The other functions of this header may only be called where it does. Corresponds to `numa_available`. */
bool cdpdk_numa_available(void);

/* One more than the highest node id of the machine. Corresponds to `numa_max_node`. */
int cdpdk_numa_node_limit(void);

/* Whether the machine has a node of that id. */
bool cdpdk_numa_node_exists(int node);

/* Distance between two nodes, 10 for a node to itself; 0 where it is not known. Corresponds to `numa_distance`. */
int cdpdk_numa_distance(int from, int to);

/* Writes the first `capacity` CPUs of a node and returns how many it has; 0 where they are not known.
 * Corresponds to `numa_node_to_cpus`. */
size_t cdpdk_numa_cpus_of_node(int node, int *cpus, size_t capacity);

/* Number of CPUs that the machine is configured with, for where `cdpdk_numa_available` says no. */
int cdpdk_numa_configured_cpus(void);

/* CPU that the calling thread runs on, or -1. Corresponds to `sched_getcpu`. */
int cdpdk_numa_current_cpu(void);

/* Asks for the nodes of `count` pages from `first` on, `page_size` bytes apart: writes a node's id for each, or a
 * negative error number, -ENOENT for a page that has not been touched. Returns 0, or the error number of the whole
 * request. Corresponds to `move_pages` without nodes to move to. */
int cdpdk_numa_page_nodes(const void *first, size_t page_size, size_t count, int *nodes);

/* Size of an ordinary page in bytes. */
size_t cdpdk_numa_page_size(void);

#pragma clang assume_nonnull end
#endif
