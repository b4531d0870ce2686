#include "cdpdk_dpdk.h"
#ifndef CDPDK_NO_DPDK

#include "include/cdpdk_heap.h"
#include "include/cdpdk_memzone.h"

#include <rte_spinlock.h>
#include <string.h>

#define FREE_LISTS 13

/* What EAL keeps before each piece of memory of a heap. */
struct element {
    void *heap;
    struct element *prev, *next;
    struct {
        struct element *next, **prev;
    } free_list;
    void *segments;
    uint32_t state : 3;
    uint32_t dirty : 1; /* of a free one: its memory is not all 0 */
    uint32_t reserved : 28;
    uint32_t pad;
    size_t size;
    void *original;
    size_t original_size;
} __rte_cache_aligned;
enum { STATE_FREE = 0, STATE_BUSY = 1 };

struct heap {
    rte_spinlock_t lock;
    struct element *free_lists[FREE_LISTS];
    struct element *first, *last;
    uint32_t busy_count, socket;
    size_t size;
    char name[32];
} __rte_cache_aligned;

static struct heap *heaps[RTE_MAX_NUMA_NODES];
static unsigned heap_count;

static bool is_element(const struct heap *heap, const struct element *element) {
    return (uintptr_t)element % RTE_CACHE_LINE_SIZE == 0 &&
           cdpdk_memory_is_there((uintptr_t)element, sizeof *element) && element->heap == heap;
}

/* Whether the elements of a heap follow each other, and the free ones are all in its lists. */
static bool is_whole(struct heap *heap, uint32_t *busy_count) {
    const struct element *before = NULL;
    uint32_t free_count = 0, listed = 0;
    size_t size = 0;
    *busy_count = 0;
    for (const struct element *element = heap->first; element != NULL; before = element, element = element->next) {
        /* Addresses rise, so this ends. */
        if (!is_element(heap, element) || element->prev != before || element->state > STATE_BUSY ||
            (before != NULL && (element <= before || (uintptr_t)element - (uintptr_t)before < before->size)))
            return false;
        size += element->size;
        *(element->state == STATE_FREE ? &free_count : busy_count) += 1;
    }
    if (before != heap->last || size != heap->size)
        return false;
    for (unsigned i = 0; i < FREE_LISTS; i++) {
        struct element **link = &heap->free_lists[i];
        for (; *link != NULL; link = &(*link)->free_list.next)
            if (++listed > free_count || !is_element(heap, *link) || (*link)->state != STATE_FREE ||
                (*link)->free_list.prev != link)
                return false;
    }
    return listed == free_count;
}

void cdpdk_heap_find(const char *configuration) {
    uint64_t length;
    char *start = cdpdk_mapping_of(configuration, &length);
    heap_count = 0;
    for (uint64_t at = 0; start != NULL && at + sizeof(struct heap) <= length; at += RTE_CACHE_LINE_SIZE) {
        struct heap *heap = (struct heap *)(start + at);
        uint32_t busy_count;
        if (strncmp(heap->name, "socket_", 7) != 0 || heap_count == RTE_DIM(heaps) || heap->first == NULL ||
            !rte_spinlock_trylock(&heap->lock))
            continue;
        if (is_whole(heap, &busy_count) && busy_count == heap->busy_count)
            heaps[heap_count++] = heap;
        rte_spinlock_unlock(&heap->lock);
    }
}

uint64_t cdpdk_heap_locked(void) {
    uint64_t found = 0;
    for (unsigned i = 0; i < heap_count; i++)
        if (rte_spinlock_is_locked(&heaps[i]->lock)) {
            found |= 1;
            for (unsigned word = 1; word < sizeof(struct heap) / 8; word++)
                found = found * 0x9e3779b97f4a7c15ull + ((volatile uint64_t *)heaps[i])[word] * 2;
        }
    return found;
}

bool cdpdk_heap_unlock(void) {
    bool are_whole = true;
    for (unsigned i = 0; i < heap_count; i++) {
        struct heap *heap = heaps[i];
        uint32_t busy_count;
        if (!rte_spinlock_is_locked(&heap->lock))
            continue;
        if (!is_whole(heap, &busy_count)) {
            are_whole = false;
            continue;
        }
        heap->busy_count = busy_count;
        /* The dead process may have been filling one with zeros. */
        for (struct element *element = heap->first; element != NULL; element = element->next)
            if (element->state == STATE_FREE)
                element->dirty = 1;
        rte_spinlock_unlock(&heap->lock);
    }
    return are_whole;
}

#endif
