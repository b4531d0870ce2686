public import CDPDK

extension SharedRegion {
    /// The counters in a field of a region: 64-bit numbers next to each other, as in C programs.
    ///
    /// One thread of one process adds to each counter; all processes may read. While this exists, this process cannot
    /// shut down and the region cannot be destroyed. If you can change the type's layout, ``SharedCounter`` is better:
    /// it has a cache line of its own.
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

        /// The counter at a position in `0..<count`, as it is now. Another position traps, as with an array.
        @inlinable
        public subscript(index: Int) -> UInt64 {
            // One comparison: a negative one is a large one.
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "position of a counter out of range")
            return unsafe cdpdk_load_relaxed_64(first + index)
        }

        /// Adds to a counter, which wraps around after 2⁶⁴ − 1.
        ///
        /// - Parameters:
        ///   - amount: How much to add.
        ///   - index: The counter's position in `0..<count`; another position traps.
        ///
        /// A relaxed load and a relaxed store; for one thread at a time. A loop over `0..<count` does not compare the
        /// position again.
        @inlinable
        public borrowing func add(_ amount: UInt64, at index: Int) {
            // One comparison: a negative one is a large one.
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count), "position of a counter out of range")
            unsafe cdpdk_store_relaxed_64(first + index, cdpdk_load_relaxed_64(first + index) &+ amount)
        }
    }

    /// Makes an access to the counters in a field: a `UInt64`, an `InlineArray` of `UInt64`, or an array of such
    /// arrays.
    ///
    /// - Parameter field: A stored property of the value, or a stored property of one.
    /// - Returns: The counters.
    /// - Throws: `.invalidArgument` for a key path that is no stored property, or a field of another type;
    ///   `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`.
    ///
    /// This is for set-up. Any thread may call it. There is no corresponding C function.
    public func makeCounters<Field: SharedValue>(at field: KeyPath<Value, Field>) throws(DPDKError) -> Counters {
        let offset = try SharedBytes.offset(of: field, attachment.what)
        let layout = try SharedLayout(of: Field.self)
        guard layout.isCounters else {
            throw DPDKError(
                .invalidArgument, attachment.what, "the field does not consist of UInt64 alone: \(layout)",
                remedy: "Name a field that is a UInt64 or an InlineArray of UInt64")
        }
        return unsafe Counters(
            address + offset, count: layout.size / MemoryLayout<UInt64>.size,
            claim: try attachment.claim(End(kind: .access)))
    }
}

extension SharedLayout {
    /// Whether the layout consists of 64-bit numbers only.
    fileprivate var isCounters: Bool {
        switch shape {
        case .leaf(let kind): kind == "u64"
        case .array(_, let element): element.isCounters
        default: false
        }
    }
}
