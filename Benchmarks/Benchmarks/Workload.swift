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
        /// The ticks of each round trip, in rising order, if those were what was measured.
        var trips: [UInt32] = []
    }

    let key: Key
    let ours: (_ rounds: Int) throws -> Outcome
    let baseline: (_ rounds: Int) throws -> Outcome
    /// What is done when the cell has been measured.
    var finish: () throws -> Void = {}
}

extension Workload.Outcome {
    var ticksPerElement: Double { Double(ticks) / Double(elements) }

    init(_ outcome: cbaseline_outcome) {
        self.init(ticks: outcome.ticks, elements: Int(outcome.moved))
    }

    /// Times `body`, which returns how many elements came out of the ring.
    @inline(__always)
    static func timing(_ body: () -> Int) -> Self {
        let start = cdpdk_cycles()
        let count = body()
        return Self(ticks: cdpdk_cycles() &- start, elements: count)
    }

    /// The same, with what was seen of the elements.
    func checked(_ isIntact: Bool) -> Self {
        Self(ticks: ticks, elements: elements, isIntact: isIntact, trips: trips)
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
    /// How long a cell may go on, in seconds, once it has the fewest pairs, and twice as long in any case: on a busy
    /// machine, two threads seldom run at the same time.
    var seconds: Double

    /// The fewest pairs from which a median is taken.
    static let fewestRepetitions = 15
    /// The fewest pairs of a cell whose time is up, which is noise.
    static let fewestAtAll = 3
    /// The widest spread that is not noisy.
    static let widestSpread = 0.05

    /// The most that a cell may take that has its own share of a full run, in seconds; nil for the others.
    static func seconds(for place: Key.Place) -> Double? {
        switch place {
        case .attach, .growth: 12
        case .clientServer: 7
        case .oneCPU, .twoCPUs, .twoProcesses: nil
        }
    }

    /// - Parameter seconds: The most that a cell may take of a full run.
    init(for place: Key.Place, isQuick: Bool, seconds: Double) {
        switch place {
        case .oneCPU:
            repetitions = isQuick ? 15 : 201
            milliseconds = isQuick ? 0.25 : 1
        case .twoCPUs, .twoProcesses, .attach, .clientServer, .growth:
            repetitions = isQuick ? 15 : 101
            milliseconds = isQuick ? 1 : 2
        }
        attempts = isQuick ? 2 : 4
        self.seconds = isQuick ? 0.2 : seconds
        if let reserved = Self.seconds(for: place) {
            (repetitions, attempts, self.seconds) = (21, 1, isQuick ? 0.2 : reserved)
        }
    }
}

extension Workload {
    /// Measures the cell, more than once where it is noisy; the best attempt counts.
    /// - Parameter switches: How often the kernel took the CPU from one of the threads so far.
    func measure(_ effort: Effort, ticksPerNanosecond: Double, switches: () -> UInt64) throws -> Cell {
        let begin = cdpdk_cycles()
        let time = UInt64(effort.seconds * 1e9 * ticksPerNanosecond)
        let deadlines = (begin &+ time, begin &+ 2 * time)
        // A start, or a while, is a repetition by itself.
        let rounds = key.count == nil ? try calibrate(effort, ticksPerNanosecond) : 1
        var best: Cell?
        for _ in 0..<effort.attempts {
            let cell = try attempt(effort.repetitions, rounds, ticksPerNanosecond, until: deadlines, switches)
            if cell.isFinite, best.map(cell.isBetter(than:)) ?? true { best = cell }
            if !cell.isNoisy || cbaseline_was_interrupted() || cdpdk_cycles() > deadlines.0 { break }
        }
        try finish()
        guard let best else { throw BenchmarkError("\(key) has no finite figures") }
        return best
    }

    private enum Side: String {
        case ours = "the library", baseline = "C"
    }

    /// Runs a loop, or throws where it did not move what it was to move.
    private func run(_ side: Side, rounds: Int, at place: Int = 0) throws -> Outcome {
        let outcome = try Stack.atPlace(place) {
            switch side {
            case .ours: try ours(rounds)
            case .baseline: try baseline(rounds)
            }
        }
        let wanted = rounds * key.burst
        // On two CPUs, the last burst may be cut elsewhere than the first, and is taken whole.
        if key.takesPairs { return outcome }
        let range = wanted..<(key.place == .oneCPU ? wanted + 1 : wanted + key.burst)
        guard range.contains(outcome.elements) else {
            throw BenchmarkError("\(key): with \(side.rawValue), \(outcome.elements) of \(wanted) elements were moved")
        }
        guard outcome.isIntact else {
            throw BenchmarkError("\(key): with \(side.rawValue), what came out of the ring is not what went in")
        }
        return outcome
    }

    /// How many rounds fill a repetition, found with C's loop: fewer if the library takes more than twice as long.
    private func calibrate(_ effort: Effort, _ ticksPerNanosecond: Double) throws -> Int {
        let wanted = effort.milliseconds * 1e6 * ticksPerNanosecond / Double(key.burst)
        let fewest = max(1, 4 * key.ring / key.burst)
        var rounds = max(4_096 / key.burst, fewest)
        var fastest = Double.infinity
        for _ in 0..<24 {
            // Of some trials the shortest, which is the one that was interrupted least.
            for _ in 0..<3 { fastest = min(fastest, try run(.baseline, rounds: rounds).ticksPerElement) }
            if fastest * Double(rounds) >= wanted / 2 { break }
            rounds *= 2
        }
        let found = max(fewest, Int(wanted / fastest))
        let slowness = try run(.ours, rounds: max(fewest, found / 64)).ticksPerElement / fastest
        return slowness > 2 && key.place == .oneCPU ? max(fewest, Int(Double(found) * 2 / slowness)) : found
    }

    private func attempt(
        _ repetitions: Int, _ rounds: Int, _ ticksPerNanosecond: Double, until deadlines: (UInt64, UInt64),
        _ switches: () -> UInt64
    ) throws -> Cell {
        // The first of each is for the caches and the branch predictor.
        _ = try run(.ours, rounds: max(1, rounds / 8))
        _ = try run(.baseline, rounds: max(1, rounds / 8))
        var pairs = Pairs()
        var interrupted = Pairs()
        while pairs.count < repetitions, interrupted.count < 4 * repetitions {
            let before = switches()
            let number = pairs.count + interrupted.count
            let outcome: Outcome
            let baselineOutcome: Outcome
            // Each side begins every other pair, so that a drift favours neither.
            if number.isMultiple(of: 2) {
                outcome = try run(.ours, rounds: rounds, at: number)
                baselineOutcome = try run(.baseline, rounds: rounds, at: number)
            } else {
                baselineOutcome = try run(.baseline, rounds: rounds, at: number)
                outcome = try run(.ours, rounds: rounds, at: number)
            }
            if switches() == before {
                pairs.append(outcome, baselineOutcome)
            } else {
                interrupted.append(outcome, baselineOutcome)
            }
            let (now, count) = (cdpdk_cycles(), number + 1)
            if cbaseline_was_interrupted()
                || now > deadlines.0 && count >= Effort.fewestRepetitions
                || now > deadlines.1 && count >= Effort.fewestAtAll
            {
                break
            }
        }
        // Where nearly every pair was interrupted, the figures are of all, and noise.
        let wereQuiet = pairs.count >= Effort.fewestRepetitions
        return (wereQuiet ? pairs : pairs + interrupted).cell(key, ticksPerNanosecond, isNoise: !wereQuiet)
    }

    /// Ticks for an element, the library's beside C's, and those of round trips.
    private struct Pairs {
        private var times: [Double] = []
        private var baselineTimes: [Double] = []
        private var trips: [UInt32] = []
        private var baselineTrips: [UInt32] = []

        var count: Int { times.count }

        mutating func append(_ outcome: Outcome, _ baseline: Outcome) {
            times.append(outcome.ticksPerElement)
            baselineTimes.append(baseline.ticksPerElement)
            trips += outcome.trips
            baselineTrips += baseline.trips
        }

        static func + (some: Pairs, others: Pairs) -> Pairs {
            var all = some
            all.times += others.times
            all.baselineTimes += others.baselineTimes
            all.trips += others.trips
            all.baselineTrips += others.baselineTrips
            return all
        }

        func cell(_ key: Key, _ ticksPerNanosecond: Double, isNoise: Bool) -> Cell {
            let ratios = Summary(zip(times, baselineTimes).map { $1 / $0 })
            let spread = ratios.halfQuartileRange / ratios.median
            return Cell(
                key: key, nanoseconds: Summary(times).median / ticksPerNanosecond,
                baselineNanoseconds: Summary(baselineTimes).median / ticksPerNanosecond,
                ratio: ratios.median, spread: spread, repetitions: count,
                isNoisy: isNoise || !(spread <= Effort.widestSpread),
                latency: Latency(trips, ticksPerNanosecond),
                baselineLatency: Latency(baselineTrips, ticksPerNanosecond))
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
