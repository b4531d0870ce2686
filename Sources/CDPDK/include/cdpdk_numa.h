/* NUMA nodes: libnuma, and the nodes of memory pages. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#pragma clang assume_nonnull begin

/* numa_available: whether this process may ask about NUMA nodes; some kernels and containers do not let it. If not,
 * only cdpdk_numa_configured_cpus, cdpdk_numa_current_cpu and cdpdk_numa_page_size may be called. */
bool cdpdk_numa_available(void);

/* numa_max_node, plus one: node ids of the machine are below it. */
int cdpdk_numa_node_limit(void);

/* numa_bitmask_isbitset of numa_nodes_ptr: whether the machine has a node with this id. */
bool cdpdk_numa_node_exists(int node);

/* numa_distance: the distance between two nodes, 10 from a node to itself, or 0 if it is unknown. */
int cdpdk_numa_distance(int from, int to);

/* numa_node_to_cpus: writes the first `capacity` CPUs of a node. Returns how many it has, or 0 if that is unknown. */
size_t cdpdk_numa_cpus_of_node(int node, int *cpus, size_t capacity);

/* get_nprocs_conf: how many CPUs the machine is configured with. */
int cdpdk_numa_configured_cpus(void);

/* sched_getcpu: the CPU that the calling thread runs on, or -1. */
int cdpdk_numa_current_cpu(void);

/* move_pages, without moving any: writes the node of each of `count` pages, which begin at `first` and are `page_size`
 * bytes apart, or a negative error number, -ENOENT for a page that nobody has used yet. Returns 0, or the error number
 * of the whole call. */
int cdpdk_numa_page_nodes(const void *first, size_t page_size, size_t count, int *nodes);

/* getpagesize: the bytes of an ordinary page. */
size_t cdpdk_numa_page_size(void);

#pragma clang assume_nonnull end
