/* NUMA nodes: libnuma, and where pages lie. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/* numa_available: whether the kernel, and the container if there is one, let this process ask about NUMA nodes. Only if
 * they do may the other functions of this header be called. */
bool cdpdk_numa_available(void);

/* numa_max_node: one more than the highest node id of the machine. */
int cdpdk_numa_node_limit(void);

/* Whether the machine has a node of that id. */
bool cdpdk_numa_node_exists(int node);

/* numa_distance: the distance between two nodes, 10 for a node to itself, or 0 if it is not known. */
int cdpdk_numa_distance(int from, int to);

/* numa_node_to_cpus: writes the first `capacity` CPUs of a node. How many it has, or 0 if they are not known. */
size_t cdpdk_numa_cpus_of_node(int node, int *cpus, size_t capacity);

/* How many CPUs the machine is configured with, for use if `cdpdk_numa_available` says no. */
int cdpdk_numa_configured_cpus(void);

/* sched_getcpu: the CPU that the calling thread runs on, or -1. */
int cdpdk_numa_current_cpu(void);

/* move_pages without nodes to move to: for each of `count` pages from `first` on, `page_size` bytes apart, writes the
 * id of its node, or a negative error number, -ENOENT if the page has not been touched. 0, or the error number of the
 * whole request. */
int cdpdk_numa_page_nodes(const void *first, size_t page_size, size_t count, int *nodes);

/* Bytes of an ordinary page. */
size_t cdpdk_numa_page_size(void);

#pragma clang assume_nonnull end
