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

    /// Millions of elements a second.
    var rate: Double { 1_000 / nanoseconds }
    var baselineRate: Double { 1_000 / baselineNanoseconds }
}

/// All that a run found, and where.
struct Report: Codable {
    /// When it began.
    var date = Date()
    /// Whether each cell was measured briefly.
    var quick: Bool
    /// The slot of the ring that each repetition began with.
    var firstSlot: Int
    var machine: Machine
    var cells: [Cell]
}
