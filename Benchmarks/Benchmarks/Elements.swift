import DPDKMultiProcess

/// A value that the benchmarks send: its size is what matters.
protocol BenchmarkElement: RingValue {
    static var zero: Self { get }
}

extension UInt64: BenchmarkElement {
    static var zero: UInt64 { 0 }
}

/// An element of 16 bytes.
struct Element16: BenchmarkElement {
    var words: InlineArray<2, UInt64>

    static var zero: Self { Self(words: .init(repeating: 0)) }
}

/// An element of a cache line.
struct Element64: BenchmarkElement {
    var words: InlineArray<8, UInt64>

    static var zero: Self { Self(repeating: 0) }

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

/// What is enqueued and where it is dequeued to: the same memory for the library and for C, a cache line aligned.
@safe final class Buffers<Element: BenchmarkElement> {
    let source: UnsafeMutableBufferPointer<Element>
    let destination: UnsafeMutableBufferPointer<Element>
    let rawSource: UnsafeRawPointer
    let rawDestination: UnsafeMutableRawPointer
    private let memory: UnsafeMutableRawPointer

    init(count: Int) {
        let bytes = (count * MemoryLayout<Element>.stride + 63) / 64 * 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * bytes, alignment: 64)
        unsafe self.memory = memory
        unsafe rawSource = UnsafeRawPointer(memory)
        unsafe rawDestination = memory + bytes
        unsafe source = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
        unsafe destination = UnsafeMutableBufferPointer(
            start: (memory + bytes).bindMemory(to: Element.self, capacity: count), count: count)
        unsafe source.initialize(repeating: .zero)
        unsafe destination.initialize(repeating: .zero)
    }

    deinit { unsafe memory.deallocate() }
}
