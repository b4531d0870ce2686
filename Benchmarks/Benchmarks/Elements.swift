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
