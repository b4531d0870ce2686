// The queues that are compared. `push` and `pop` move up to `count` elements and return how many: in one call where a
// queue has bursts, and one by one where it has not. Each queue lives in memory of hugepages, except for what it
// allocates itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include <atomic_queue/atomic_queue.h>
#include <boost/lockfree/spsc_queue.hpp>
#include <concurrentqueue/concurrentqueue.h>
#include <readerwriterqueue/readerwritercircularbuffer.h>
#include <readerwriterqueue/readerwriterqueue.h>

#include <rte_ring.h>

using Element = std::uint64_t;

// DPDK's ring with one producer and one consumer, with as many slots as the benchmark in Swift gives it.
template <unsigned Capacity> class DPDKRing {
    alignas(RTE_CACHE_LINE_SIZE) std::byte memory[sizeof(rte_ring) + 2 * Capacity * sizeof(Element)];
    rte_ring *const ring = reinterpret_cast<rte_ring *>(memory);

  public:
    static constexpr const char *name = "C";

    DPDKRing() { rte_ring_init(ring, name, Capacity, RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ); }
    unsigned push(const Element *source, unsigned count) {
        return rte_ring_sp_enqueue_burst_elem(ring, source, sizeof(Element), count, nullptr);
    }
    unsigned pop(Element *destination, unsigned count) {
        return rte_ring_sc_dequeue_burst_elem(ring, destination, sizeof(Element), count, nullptr);
    }
};

template <unsigned Capacity> class Boost {
    boost::lockfree::spsc_queue<Element, boost::lockfree::capacity<Capacity>> queue;

  public:
    static constexpr const char *name = "boost";

    unsigned push(const Element *source, unsigned count) { return queue.push(source, count); }
    unsigned pop(Element *destination, unsigned count) { return queue.pop(destination, count); }
};

// The part that queues without bursts have in common: `enqueue` and `dequeue` return whether they moved an element.
template <class Queue> class OneByOne {
  public:
    unsigned push(const Element *source, unsigned count) {
        unsigned moved = 0;
        while (moved < count && static_cast<Queue *>(this)->enqueue(source[moved]))
            moved++;
        return moved;
    }
    unsigned pop(Element *destination, unsigned count) {
        unsigned moved = 0;
        while (moved < count && static_cast<Queue *>(this)->dequeue(destination[moved]))
            moved++;
        return moved;
    }
};

// The fastest kind for one producer and one consumer. 0 is no element of it.
template <unsigned Capacity> class AtomicQueue : public OneByOne<AtomicQueue<Capacity>> {
    atomic_queue::AtomicQueue<Element, Capacity, 0, true, true, false, true> queue;

  public:
    static constexpr const char *name = "atomic_queue";

    bool enqueue(Element element) { return queue.try_push(element); }
    bool dequeue(Element &element) { return queue.try_pop(element); }
};

template <unsigned Capacity> class ReaderWriter : public OneByOne<ReaderWriter<Capacity>> {
    moodycamel::ReaderWriterQueue<Element> queue{Capacity};

  public:
    static constexpr const char *name = "readerwriter";

    bool enqueue(Element element) { return queue.try_enqueue(element); }
    bool dequeue(Element &element) { return queue.try_dequeue(element); }
};

template <unsigned Capacity> class Circular : public OneByOne<Circular<Capacity>> {
    moodycamel::BlockingReaderWriterCircularBuffer<Element> queue{Capacity};

  public:
    static constexpr const char *name = "circular";

    bool enqueue(Element element) { return queue.try_enqueue(element); }
    bool dequeue(Element &element) { return queue.try_dequeue(element); }
};

// For many producers and consumers; with a token for each, which is its fastest way.
template <unsigned Capacity> class Concurrent {
    struct Traits : moodycamel::ConcurrentQueueDefaultTraits {
        // Room for the numbers of all blocks, so that nothing is allocated later.
        static const std::size_t EXPLICIT_INITIAL_INDEX_SIZE = 256;
    };
    moodycamel::ConcurrentQueue<Element, Traits> queue{Capacity, 1, 0};
    moodycamel::ProducerToken producer{queue};
    moodycamel::ConsumerToken consumer{queue};

  public:
    static constexpr const char *name = "concurrent";

    unsigned push(const Element *source, unsigned count) {
        return queue.try_enqueue_bulk(producer, source, count) ? count : 0;
    }
    unsigned pop(Element *destination, unsigned count) { return queue.try_dequeue_bulk(consumer, destination, count); }
};
