import CBaseline

/// One cell's two loops. Each moves at least so many elements and returns the ticks and the elements that it took.
struct Workload {
    struct Outcome {
        var ticks: UInt64
        var elements: Int

        var ticksPerElement: Double { Double(ticks) / Double(max(1, elements)) }
    }

    let key: Key
    let ours: (_ elements: Int) throws -> Outcome
    let baseline: (_ elements: Int) throws -> Outcome
}

/// How long and how often cells are measured.
struct Effort {
    /// Pairs of repetitions, the library and C in turn, that nothing interrupted.
    var repetitions: Int
    /// How long one repetition is to take, in milliseconds: shorter than the time slices of a busy machine.
    var milliseconds: Double
    /// How often a cell with too wide a spread is measured, in all.
    var attempts: Int
    /// How long a cell may take, in seconds: on a busy machine, two threads seldom run at the same time.
    var seconds: Double

    /// The fewest pairs from which a median is taken.
    static let fewestRepetitions = 9
    /// The widest spread that is not noisy.
    static let widestSpread = 0.05

    init(for place: Key.Place, isQuick: Bool) {
        switch place {
        case .oneCPU:
            repetitions = isQuick ? 11 : 41
            milliseconds = 0.25
        case .twoCPUs:
            repetitions = isQuick ? 9 : 21
            milliseconds = 1
        }
        attempts = isQuick ? 2 : 4
        seconds = isQuick ? 0.5 : 2
    }
}

extension Workload {
    /// Measures the cell; of several attempts, the one with the narrowest spread counts.
    func measure(quick: Bool, ticksPerNanosecond: Double) throws -> Cell {
        let effort = Effort(for: key.place, isQuick: quick)
        let elements = try calibrate(effort, ticksPerNanosecond)
        let deadline = cbaseline_ticks() &+ UInt64(effort.seconds * 1e9 * ticksPerNanosecond)
        var best: Cell?
        for _ in 0..<effort.attempts {
            let cell = try attempt(effort.repetitions, elements, ticksPerNanosecond, until: deadline)
            if cell.spread < best?.spread ?? .infinity { best = cell }
            if !cell.isNoisy || cbaseline_was_interrupted() || cbaseline_ticks() > deadline { break }
        }
        guard let best else { throw BenchmarkError("\(key) has no finite figures") }
        return best
    }

    /// How many elements fill a repetition, found with C's loop.
    private func calibrate(_ effort: Effort, _ ticksPerNanosecond: Double) throws -> Int {
        let wanted = effort.milliseconds * 1e6 * ticksPerNanosecond
        var elements = max(4_096, 4 * key.ring)
        var fastest = Double.infinity
        for _ in 0..<24 {
            // Of some trials the shortest, which is the one that was interrupted least.
            for _ in 0..<3 { fastest = min(fastest, try baseline(elements).ticksPerElement) }
            if fastest * Double(elements) >= wanted / 2 { break }
            elements *= 2
        }
        return max(4 * key.ring, Int(wanted / fastest))
    }

    private func attempt(
        _ repetitions: Int, _ elements: Int, _ ticksPerNanosecond: Double, until deadline: UInt64
    ) throws -> Cell {
        // The first of each is for the caches and the branch predictor.
        _ = try ours(elements / 8)
        _ = try baseline(elements / 8)
        var pairs = Pairs()
        var interrupted = Pairs()
        while pairs.count < repetitions, interrupted.count < 4 * repetitions {
            let switches = cbaseline_involuntary_switches()
            let time = try ours(elements).ticksPerElement / ticksPerNanosecond
            let baselineTime = try baseline(elements).ticksPerElement / ticksPerNanosecond
            if cbaseline_involuntary_switches() == switches {
                pairs.append(time, baselineTime)
            } else {
                interrupted.append(time, baselineTime)
            }
            let count = pairs.count + interrupted.count
            if cbaseline_was_interrupted() || count >= Effort.fewestRepetitions && cbaseline_ticks() > deadline {
                break
            }
        }
        // Where nearly every pair was interrupted, the figures are of all, and noise.
        let wereQuiet = pairs.count >= Effort.fewestRepetitions
        return (wereQuiet ? pairs : pairs + interrupted).cell(key, isNoise: !wereQuiet)
    }

    /// Times for an element, the library's beside C's.
    private struct Pairs {
        private var times: [Double] = []
        private var baselineTimes: [Double] = []

        var count: Int { times.count }

        mutating func append(_ time: Double, _ baselineTime: Double) {
            times.append(time)
            baselineTimes.append(baselineTime)
        }

        static func + (some: Pairs, others: Pairs) -> Pairs {
            var all = some
            all.times += others.times
            all.baselineTimes += others.baselineTimes
            return all
        }

        func cell(_ key: Key, isNoise: Bool) -> Cell {
            let ratios = Summary(zip(times, baselineTimes).map { $1 / $0 })
            let spread = ratios.halfQuartileRange / ratios.median
            return Cell(
                key: key, nanoseconds: Summary(times).median, baselineNanoseconds: Summary(baselineTimes).median,
                ratio: ratios.median, spread: spread, repetitions: count,
                isNoisy: isNoise || spread > Effort.widestSpread)
        }
    }
}

/// Why a benchmark could not be run, in a sentence.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
