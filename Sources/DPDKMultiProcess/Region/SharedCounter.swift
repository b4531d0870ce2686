public import Synchronization

/// A counter that one process adds to and all may read, in 64 bytes of its own.
///
/// Counters beside each other, in an `InlineArray` or as fields, never share a cache line, so that their writers do not
/// disturb each other; a smaller field just before a counter may share its line, so put counters first.
///
/// Adding is a relaxed load and a relaxed store, which costs as much as adding to an ordinary variable. **One** thread
/// of one process adds at a time: of two that add at once, one addition may be lost, though nothing worse happens.
/// Where several add, use `Atomic<UInt64>`.
public struct SharedCounter: ~Copyable, SharedAtomicValue {
    @usableFromInline let count: Atomic<UInt64>
    @usableFromInline let padding: InlineArray<7, UInt64>

    /// Makes a counter that begins at a number, 0 unless told.
    @inlinable
    public init(_ initial: UInt64 = 0) {
        count = Atomic(initial)
        padding = InlineArray(repeating: 0)
    }

    /// Adds to the counter, and wraps around after 2⁶⁴ − 1.
    ///
    /// For one writing thread at a time. Takes about a nanosecond; other processes see the sum soon, in no order with
    /// other memory.
    @inlinable @inline(__always)
    public func add(_ amount: UInt64) {
        count.store(count.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// The count as it is now, for any thread of any process; never torn, in no order with other memory.
    @inlinable
    public var value: UInt64 {
        @inline(__always) get { count.load(ordering: .relaxed) }
    }

    /// Gives the layout `counter`: a `u64` in 64 bytes.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "counter", of: Self.self, isAtomic: true)
    }
}
