import Foundation

/// What came out for a cell.
struct Cell: Codable {
    var key: Key
    /// Nanoseconds for an element, enqueued and dequeued: medians.
    var nanoseconds: Double
    var baselineNanoseconds: Double
    /// The median of the paired ratios, C's time to the library's: above 1, the library is faster.
    var ratio: Double
    /// Half the range of the middle half of the ratios, as a part of the median.
    var spread: Double
    var repetitions: Int
    /// Whether the spread stayed above the limit, or others took the CPU, however often the cell was repeated.
    var isNoisy: Bool
    /// How long round trips took, the library's and C's; nil if none were made.
    var latency: Latency?
    var baselineLatency: Latency?

    /// Millions of elements a second.
    var rate: Double { 1_000 / nanoseconds }
    var baselineRate: Double { 1_000 / baselineNanoseconds }
}

/// How long round trips took, in nanoseconds: all those of the repetitions that count.
struct Latency: Codable {
    var p50: Double
    var p99: Double
    var p999: Double
    var max: Double

    /// Of no trips there is nothing to say.
    init?(_ ticks: [UInt32], _ ticksPerNanosecond: Double) {
        let sorted = ticks.sorted()
        guard let last = sorted.last else { return nil }
        func quantile(_ part: Double) -> Double {
            Double(sorted[Int(part * Double(sorted.count - 1))]) / ticksPerNanosecond
        }
        p50 = quantile(0.5)
        p99 = quantile(0.99)
        p999 = quantile(0.999)
        max = Double(last) / ticksPerNanosecond
    }

    /// What is shown of it, with names.
    var parts: [(name: String, nanoseconds: Double)] {
        [("p50", p50), ("p99", p99), ("p99.9", p999), ("max", max)]
    }
}

/// All that a run found, and where.
struct Report: Codable {
    /// When it began.
    var date = Date()
    /// Whether each cell was measured briefly.
    var quick: Bool
    /// Whether the program was built without optimisation, so that its figures say nothing.
    var unoptimized: Bool?
    /// The slot of the ring that each repetition began with.
    var firstSlot: Int
    var machine: Machine
    /// What was not measured, and why.
    var leftOut: [String]
    var cells: [Cell]
}
