import DPDKMultiProcess

/// An element of 16 bytes.
struct Element16: RingValue {
    var words: InlineArray<2, UInt64>
}

/// An element of a cache line.
struct Element64: RingValue {
    var words: InlineArray<8, UInt64>

    @inline(__always)
    init(repeating word: UInt64) { words = .init(repeating: word) }

    /// The sum of all words, so that a reader reads all of them.
    @inline(__always)
    var sum: UInt64 {
        var sum: UInt64 = 0
        for index in words.indices { sum &+= words[index] }
        return sum
    }
}

// MARK: - Round trips

/// An element that goes to and fro, with a number by which it is known.
protocol NumberedElement: RingValue {
    init(number: UInt64)
    var number: UInt64 { get }
}

extension UInt64: NumberedElement {
    @inline(__always)
    init(number: UInt64) { self = number }
    @inline(__always)
    var number: UInt64 { self }
}

extension Element64: NumberedElement {
    @inline(__always)
    init(number: UInt64) { self.init(repeating: number) }
    @inline(__always)
    var number: UInt64 { words[0] }
}
