// Measures queues of others beside DPDK's ring: one thread pushes elements of 8 bytes, another pops them, in turn.
//
// peers RING CPU CPU: prints a line for each queue and size of a burst, with the size of the ring, that of the burst,
// the queue's name, its nanoseconds for an element, DPDK's time divided by its time, half the range of the middle half
// of these ratios in percent, and ~ if the figures are noise.

#include "contestant.hpp"

#include <alloca.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

namespace {

constexpr int repetitions = 21;
constexpr std::size_t fewest = 9;
constexpr double nanosecondsOfRepetition = 2e6;
constexpr double widestSpread = 5;
// The most that a size of a burst may take, where others use the CPUs.
constexpr std::chrono::seconds longest{3};

long involuntarySwitches() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nivcsw;
}

// MARK: - Measuring

struct Bench {
    int cpus[2];
    Element *source, *destination; // a page, and the cache line behind it
    std::vector<std::unique_ptr<Contestant, void (*)(Contestant *)>> contestants;

    // One repetition, with the stack at another place in each, as the benchmark in Swift has it. Returns nanoseconds
    // for an element.
    __attribute__((noinline)) double run(Contestant &queue, unsigned burst, std::uint64_t count, int number) {
        volatile char *place = static_cast<char *>(alloca(std::size_t(number * 37 % 64 * 64 + 1)));
        *place = 0;
        std::fill(destination, destination + burst, 0);
        std::uint64_t sent = 0;
        Pair pair(cpus[1], [&] { sent = queue.produce(source, burst, count); });
        auto start = std::chrono::steady_clock::now();
        std::uint64_t received = queue.consume(destination, burst, count);
        std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
        pair.join();
        bool isIntact = sent == received + queue.drain() && destination[0] != 0;
        for (unsigned i = 0; i < burst; i++)
            isIntact &= destination[i] == 0 || destination[i] - source[0] < burst;
        if (!isIntact)
            fail(std::string(queue.name()) + ": what came out is not what went in");
        return time.count() / double(received);
    }

    // How many elements take about as long as a repetition is to take.
    std::uint64_t calibrate(Contestant &queue, unsigned burst, unsigned ring) {
        bool isInOrder = false;
        Pair pair(cpus[1], [&] { queue.produceNumbers(burst, 8 * ring); });
        isInOrder = queue.consumeNumbers(burst, 8 * ring);
        pair.join();
        if (!isInOrder)
            fail(std::string(queue.name()) + ": the elements came out in another order, or others did");
        double fastest = INFINITY;
        for (int i = 0; i < 5; i++)
            fastest = std::min(fastest, run(queue, burst, 8 * ring, i));
        return std::max<std::uint64_t>(8 * ring, std::uint64_t(nanosecondsOfRepetition / fastest));
    }

    void measure(unsigned ring, unsigned burst) {
        for (unsigned i = 0; i < burst; i++)
            source[i] = 1 + i;
        auto deadline = std::chrono::steady_clock::now() + longest;
        std::size_t size = contestants.size();
        std::vector<std::uint64_t> counts;
        for (auto &queue : contestants)
            counts.push_back(calibrate(*queue, burst, ring));
        // Of each queue, its times and DPDK's in the same repetition: first those that nothing interrupted.
        std::vector<std::vector<double>> times[2], bases[2];
        for (int kind = 0; kind < 2; kind++) {
            times[kind].resize(size);
            bases[kind].resize(size);
        }
        for (int number = 0; int(times[0][0].size()) < repetitions && number < 4 * repetitions; number++) {
            std::vector<double> found(size);
            long before = involuntarySwitches();
            // Each begins in its turn, so that a drift favours none.
            for (std::size_t i = 0; i < size; i++) {
                std::size_t which = (i + std::size_t(number)) % size;
                found[which] = run(*contestants[which], burst, counts[which], number);
            }
            int kind = involuntarySwitches() != before;
            for (std::size_t i = 0; i < size; i++) {
                times[kind][i].push_back(found[i]);
                bases[kind][i].push_back(found[0]);
            }
            if (number > 2 && std::chrono::steady_clock::now() > deadline)
                break;
        }
        for (std::size_t i = 0; i < size; i++) {
            int kind = times[0][i].size() < times[1][i].size() && times[0][i].size() < fewest;
            std::vector<double> ratios;
            for (std::size_t j = 0; j < times[kind][i].size(); j++)
                ratios.push_back(bases[kind][i][j] / times[kind][i][j]);
            std::sort(ratios.begin(), ratios.end());
            std::sort(times[kind][i].begin(), times[kind][i].end());
            std::size_t n = ratios.size();
            double spread = 100 * (ratios[3 * n / 4] - ratios[n / 4]) / 2 / ratios[n / 2];
            std::printf("%u %u %s %.3f %.4f %.1f %s\n", ring, burst, contestants[i]->name(), times[kind][i][n / 2],
                        ratios[n / 2], spread, kind == 1 || n < fewest || spread > widestSpread ? "~" : "-");
        }
        std::fflush(stdout);
    }
};

void *hugepages() {
    void *memory = mmap(nullptr, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    if (memory == MAP_FAILED)
        fail("no hugepage is free; Scripts/setup reserves them");
    return memory;
}

template <class Queue> void add(Bench &bench) {
    static_assert(sizeof(ContestantOf<Queue>) <= 2 << 20);
    bench.contestants.emplace_back(new (hugepages()) ContestantOf<Queue>,
                                   [](Contestant *queue) { queue->~Contestant(); });
}

template <unsigned Ring> void measureAll(Bench &bench) {
    add<DPDKRing<Ring>>(bench);
    add<Boost<Ring>>(bench);
    add<AtomicQueue<Ring>>(bench);
    add<ReaderWriter<Ring>>(bench);
    add<Circular<Ring>>(bench);
    add<Concurrent<Ring>>(bench);
    for (unsigned burst = 1; burst <= 256 && burst <= Ring; burst *= 2)
        bench.measure(Ring, burst);
}

} // namespace

int main(int count, char **arguments) {
    if (count != 4)
        fail("takes the size of the rings and two CPUs");
    Bench bench{{std::atoi(arguments[2]), std::atoi(arguments[3])}, nullptr, nullptr, {}};
    pin(bench.cpus[0]);
    bench.source = static_cast<Element *>(hugepages());
    bench.destination = bench.source + 256;
    switch (std::atoi(arguments[1])) {
    case 128: measureAll<128>(bench); break;
    case 1024: measureAll<1024>(bench); break;
    case 4096: measureAll<4096>(bench); break;
    default: fail("has rings of 128, 1024 and 4096 elements");
    }
}
