// The loops of both threads, and how they begin at the same moment.
#pragma once

#include "queues.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

[[noreturn]] inline void fail(const std::string &text) {
    std::fprintf(stderr, "peers: %s\n", text.c_str());
    std::exit(1);
}

inline void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (pthread_setaffinity_np(pthread_self(), sizeof(set), &set) != 0)
        fail("may not run on CPU " + std::to_string(cpu));
}

// One of the queues. Between repetitions it is empty.
struct Contestant {
    virtual ~Contestant() = default;
    virtual const char *name() const = 0;
    // Both move at least `count` elements, and return how many they moved.
    virtual std::uint64_t produce(const Element *source, unsigned burst, std::uint64_t count) = 0;
    virtual std::uint64_t consume(Element *destination, unsigned burst, std::uint64_t count) = 0;
    // Whether the numbers from 1 to `count` come out in order.
    virtual void produceNumbers(unsigned burst, std::uint64_t count) = 0;
    virtual bool consumeNumbers(unsigned burst, std::uint64_t count) = 0;
    virtual std::uint64_t drain() = 0;
};

template <class Queue> class ContestantOf final : public Contestant {
    Queue queue;

  public:
    const char *name() const override { return Queue::name; }

    std::uint64_t produce(const Element *source, unsigned burst, std::uint64_t count) override {
        std::uint64_t sent = 0;
        while (sent < count) {
            unsigned n = queue.push(source, burst);
            if (n == 0)
                rte_pause();
            sent += n;
        }
        return sent;
    }

    std::uint64_t consume(Element *destination, unsigned burst, std::uint64_t count) override {
        std::uint64_t received = 0;
        while (received < count) {
            unsigned n = queue.pop(destination, burst);
            if (n == 0)
                rte_pause();
            received += n;
        }
        return received;
    }

    void produceNumbers(unsigned burst, std::uint64_t count) override {
        std::vector<Element> numbers(burst);
        for (std::uint64_t sent = 0; sent < count;) {
            auto size = unsigned(std::min<std::uint64_t>(burst, count - sent));
            for (unsigned i = 0; i < size; i++)
                numbers[i] = sent + i + 1;
            sent += queue.push(numbers.data(), size);
        }
    }

    bool consumeNumbers(unsigned burst, std::uint64_t count) override {
        std::vector<Element> numbers(burst);
        bool isInOrder = true;
        for (std::uint64_t received = 0; received < count;) {
            unsigned n = queue.pop(numbers.data(), burst);
            for (unsigned i = 0; i < n; i++)
                isInOrder &= numbers[i] == ++received;
        }
        return isInOrder;
    }

    std::uint64_t drain() override {
        Element element;
        std::uint64_t drained = 0;
        while (queue.pop(&element, 1) == 1)
            drained++;
        return drained;
    }
};

// Runs one function on this thread and one on the other, from the same moment on.
class Pair {
    std::atomic<int> state{0};
    std::thread other;

  public:
    template <class Function>
    Pair(int cpu, Function function)
        : other([this, cpu, function] {
              pin(cpu);
              state.store(1);
              while (state.load(std::memory_order_acquire) == 1)
                  rte_pause();
              function();
          }) {
        while (state.load(std::memory_order_acquire) != 1)
            rte_pause();
        state.store(2, std::memory_order_release);
    }
    void join() { other.join(); }
};
