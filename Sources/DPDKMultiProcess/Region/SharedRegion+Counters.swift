public import CDPDK

extension SharedRegion {
    /// The counters that a field of the value is: numbers of 64 bits beside each other, as C programs have them.
    ///
    /// One thread of one process adds to each counter; all processes may read. While it is out, this process cannot
    /// shut down and the region cannot be destroyed. Where a type can be laid out anew, ``SharedCounter`` is better: it
    /// has a cache line of its own.
    @safe public struct Counters: ~Copyable, @unchecked Sendable {
        @usableFromInline let first: UnsafeMutablePointer<UInt64>
        private let claim: Claim

        /// How many counters there are.
        public let count: Int

        init(_ address: UnsafeMutableRawPointer, count: Int, claim: Claim) {
            unsafe first = address.assumingMemoryBound(to: UInt64.self)
            self.count = count
            self.claim = claim
        }

        deinit { claim.release() }

        /// The counter at a position of `0..<count`, as it is now; traps outside, as an array does.
        @inlinable
        public subscript(index: Int) -> UInt64 {
            precondition(index >= 0 && index < count, "position of a counter out of range")
            return unsafe cdpdk_load_relaxed_64(first + index)
        }

        /// Adds to the counter at a position of `0..<count`, and wraps around after 2⁶⁴ − 1; traps outside.
        ///
        /// A relaxed load and a relaxed store.
        @inlinable
        public borrowing func add(_ amount: UInt64, at index: Int) {
            precondition(index >= 0 && index < count, "position of a counter out of range")
            unsafe cdpdk_store_relaxed_64(first + index, cdpdk_load_relaxed_64(first + index) &+ amount)
        }
    }

    /// Gives access to the counters that a field is: a `UInt64`, an `InlineArray` of them, or of such arrays.
    ///
    /// Throws `.invalidArgument` for a key path that is no stored property or a field that is something else,
    /// `.destroyed`, `.shutDown` or `.registryFull`.
    public func makeCounters<Field: SharedValue>(at field: KeyPath<Value, Field>) throws(DPDKError) -> Counters {
        let offset = try SharedBytes.offset(of: field, attachment.what)
        let layout = try SharedLayout(of: Field.self)
        guard layout.isCounters else {
            throw DPDKError(
                .invalidArgument, attachment.what, "the field is no array of UInt64: \(layout)",
                remedy: "Name a field that is a UInt64 or an InlineArray of UInt64")
        }
        return unsafe Counters(
            address + offset, count: layout.size / MemoryLayout<UInt64>.size,
            claim: try attachment.claim(End(kind: .access)))
    }
}

extension SharedLayout {
    /// Whether it is numbers of 64 bits and nothing else.
    fileprivate var isCounters: Bool {
        switch shape {
        case .leaf(let kind): kind == "u64"
        case .array(_, let element): element.isCounters
        default: false
        }
    }
}
