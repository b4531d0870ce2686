import CBaseline
import CDPDK

/// One cell's two loops. Each does at least so many rounds of a burst and returns what came of it.
struct Workload {
    struct Outcome {
        var ticks: UInt64
        /// How many elements came out of the ring.
        var elements: Int
        /// Whether they were those that had gone in, as far as can be seen.
        var isIntact = true
    }

    let key: Key
    let ours: (_ rounds: Int) throws -> Outcome
    let baseline: (_ rounds: Int) throws -> Outcome
}

extension Workload.Outcome {
    init(_ outcome: cbaseline_outcome) {
        self.init(ticks: outcome.ticks, elements: Int(outcome.moved))
    }

    /// The same, with what was seen of the elements.
    func checked(_ isIntact: Bool) -> Self {
        Self(ticks: ticks, elements: elements, isIntact: isIntact)
    }
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
    static let fewestRepetitions = 15
    /// The widest spread that is not noisy.
    static let widestSpread = 0.05

    init(for place: Key.Place, isQuick: Bool) {
        switch place {
        case .oneCPU:
            repetitions = isQuick ? 15 : 201
            milliseconds = isQuick ? 0.25 : 1
        case .twoCPUs:
            repetitions = isQuick ? 15 : 101
            milliseconds = isQuick ? 1 : 2
        }
        attempts = isQuick ? 2 : 4
        seconds = isQuick ? 0.2 : 2
    }
}

extension Workload {
    /// Measures the cell, more than once where it is noisy; the best attempt counts.
    func measure(quick: Bool, ticksPerNanosecond: Double) throws -> Cell {
        let effort = Effort(for: key.place, isQuick: quick)
        let rounds = try calibrate(effort, ticksPerNanosecond)
        let deadline = cdpdk_cycles() &+ UInt64(effort.seconds * 1e9 * ticksPerNanosecond)
        var best: Cell?
        for _ in 0..<effort.attempts {
            let cell = try attempt(effort.repetitions, rounds, ticksPerNanosecond, until: deadline)
            if cell.isFinite, best.map(cell.isBetter(than:)) ?? true { best = cell }
            if !cell.isNoisy || cbaseline_was_interrupted() || cdpdk_cycles() > deadline { break }
        }
        guard let best else { throw BenchmarkError("\(key) has no finite figures") }
        return best
    }

    private enum Side: String {
        case ours = "the library", baseline = "C"
    }

    /// Runs a loop and returns ticks for an element, or throws where it did not move what it was to move.
    private func run(_ side: Side, rounds: Int, at place: Int = 0) throws -> Double {
        let outcome = try Stack.atPlace(place) {
            switch side {
            case .ours: try ours(rounds)
            case .baseline: try baseline(rounds)
            }
        }
        let wanted = rounds * key.burst
        // On two CPUs, the last burst may be cut elsewhere than the first, and is taken whole.
        let range = wanted..<(key.place == .oneCPU ? wanted + 1 : wanted + key.burst)
        guard range.contains(outcome.elements) else {
            throw BenchmarkError("\(key): with \(side.rawValue), \(outcome.elements) of \(wanted) elements were moved")
        }
        guard outcome.isIntact else {
            throw BenchmarkError("\(key): with \(side.rawValue), what came out of the ring is not what went in")
        }
        return Double(outcome.ticks) / Double(outcome.elements)
    }

    /// How many rounds fill a repetition, found with C's loop.
    private func calibrate(_ effort: Effort, _ ticksPerNanosecond: Double) throws -> Int {
        let wanted = effort.milliseconds * 1e6 * ticksPerNanosecond / Double(key.burst)
        let fewest = max(1, 4 * key.ring / key.burst)
        var rounds = max(4_096 / key.burst, fewest)
        var fastest = Double.infinity
        for _ in 0..<24 {
            // Of some trials the shortest, which is the one that was interrupted least.
            for _ in 0..<3 { fastest = min(fastest, try run(.baseline, rounds: rounds)) }
            if fastest * Double(rounds) >= wanted / 2 { break }
            rounds *= 2
        }
        return max(fewest, Int(wanted / fastest))
    }

    private func attempt(
        _ repetitions: Int, _ rounds: Int, _ ticksPerNanosecond: Double, until deadline: UInt64
    ) throws -> Cell {
        // The first of each is for the caches and the branch predictor.
        _ = try run(.ours, rounds: max(1, rounds / 8))
        _ = try run(.baseline, rounds: max(1, rounds / 8))
        var pairs = Pairs()
        var interrupted = Pairs()
        while pairs.count < repetitions, interrupted.count < 4 * repetitions {
            let switches = cbaseline_involuntary_switches()
            let number = pairs.count + interrupted.count
            let time: Double
            let baselineTime: Double
            // Each side begins every other pair, so that a drift favours neither.
            if number.isMultiple(of: 2) {
                time = try run(.ours, rounds: rounds, at: number) / ticksPerNanosecond
                baselineTime = try run(.baseline, rounds: rounds, at: number) / ticksPerNanosecond
            } else {
                baselineTime = try run(.baseline, rounds: rounds, at: number) / ticksPerNanosecond
                time = try run(.ours, rounds: rounds, at: number) / ticksPerNanosecond
            }
            if cbaseline_involuntary_switches() == switches {
                pairs.append(time, baselineTime)
            } else {
                interrupted.append(time, baselineTime)
            }
            if cbaseline_was_interrupted() || number + 1 >= Effort.fewestRepetitions && cdpdk_cycles() > deadline {
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
                isNoisy: isNoise || !(spread <= Effort.widestSpread))
        }
    }
}

extension Cell {
    fileprivate var isFinite: Bool { ratio.isFinite && spread.isFinite }

    /// Whether this attempt at a cell counts rather than another: one without noise before one with it, then the one
    /// with the narrower spread.
    fileprivate func isBetter(than other: Cell) -> Bool {
        isNoisy == other.isNoisy ? spread < other.spread : !isNoisy
    }
}

/// Why a benchmark could not be run, in a sentence.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
