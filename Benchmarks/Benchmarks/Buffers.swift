import DPDKMultiProcess

/// What is enqueued and where it is dequeued to: the same memory for the library and for C, aligned to a page, the
/// destination in the cache line behind the source.
@safe final class Buffers<Element: RingValue> {
    let source: UnsafeMutableBufferPointer<Element>
    let destination: UnsafeMutableBufferPointer<Element>
    private let memory: UnsafeMutableRawPointer
    /// The first word of the source.
    private(set) var first: UInt32 = 1

    private static var wordsPerElement: Int { MemoryLayout<Element>.stride / 4 }
    private var sourceWords: UnsafeMutableBufferPointer<UInt32> { unsafe words(of: source) }
    private var destinationWords: UnsafeMutableBufferPointer<UInt32> { unsafe words(of: destination) }

    init(count: Int) {
        let bytes = (count * MemoryLayout<Element>.stride + 63) / 64 * 64
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 2 * bytes, alignment: 4_096)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: 2 * bytes)
        unsafe self.memory = memory
        unsafe source = UnsafeMutableBufferPointer(
            start: memory.bindMemory(to: Element.self, capacity: count), count: count)
        unsafe destination = UnsafeMutableBufferPointer(
            start: (memory + bytes).bindMemory(to: Element.self, capacity: count), count: count)
    }

    deinit { unsafe memory.deallocate() }

    private func words(of elements: UnsafeMutableBufferPointer<Element>) -> UnsafeMutableBufferPointer<UInt32> {
        unsafe UnsafeMutableRawBufferPointer(elements).assumingMemoryBound(to: UInt32.self)
    }
}

// MARK: - What was moved

extension Buffers {
    /// Fills the source with words that differ from each other and from those of the last time, and clears the
    /// destination.
    func refill() { refill(from: unsafe first &+ UInt32(sourceWords.count)) }

    /// The same with the words of another process's source, the first of which is given.
    func refill(from first: UInt32) {
        self.first = first
        for index in unsafe sourceWords.indices { unsafe sourceWords[index] = first &+ UInt32(index) }
        unsafe destinationWords.update(repeating: 0)
    }

    /// Whether all elements of the source are in the destination.
    var areEqual: Bool { unsafe sourceWords.elementsEqual(destinationWords) }

    /// Whether there are whole elements of the source in the destination, and nothing else.
    ///
    /// Of bursts that are cut where the ring is full or empty, it holds some of the last few, from anywhere in the
    /// source.
    var holdsPieces: Bool {
        let size = Self.wordsPerElement
        let words = unsafe destinationWords
        guard unsafe words[0] != 0 else { return false }
        return stride(from: 0, to: words.count, by: size).allSatisfy { start in
            let word = unsafe words[start]
            if word == 0 { return (1..<size).allSatisfy { unsafe words[start + $0] == 0 } }
            let distance = word &- first
            return distance < UInt32(words.count) && distance % UInt32(size) == 0
                && (1..<size).allSatisfy { unsafe words[start + $0] == word &+ UInt32($0) }
        }
    }
}
