public import Synchronization

/// A counter that one process adds to and all processes may read, in 64 bytes of its own.
///
/// Counters next to each other, in an `InlineArray` or as fields, never share a cache line, so their writers do not
/// slow each other down. A smaller field before a counter may share its cache line, so put counters first.
///
/// **One** thread of one process adds at a time: if two add at once, one addition may be lost, but nothing worse
/// happens. If several threads add, use `Atomic<UInt64>`.
public struct SharedCounter: ~Copyable, SharedAtomicValue {
    @usableFromInline let count: Atomic<UInt64>
    @usableFromInline let padding: InlineArray<7, UInt64>

    /// Creates a counter.
    ///
    /// - Parameter initial: The first count.
    @inlinable
    public init(_ initial: UInt64 = 0) {
        count = Atomic(initial)
        padding = InlineArray(repeating: 0)
    }

    /// Adds to the counter, which wraps around after 2⁶⁴ − 1.
    ///
    /// - Parameter amount: How much to add.
    ///
    /// A relaxed load and a relaxed store: it costs about a nanosecond, and orders no other memory. For one thread at a
    /// time.
    @inlinable @inline(__always)
    public func add(_ amount: UInt64) {
        count.store(count.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// The count as it is now.
    ///
    /// A relaxed load, which is never torn. Any thread of any process may read it.
    @inlinable
    public var value: UInt64 {
        @inline(__always) get { count.load(ordering: .relaxed) }
    }

    /// The layout `counter`: a `u64` in 64 bytes.
    ///
    /// - Returns: The layout.
    /// - Throws: Nothing in practice.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(.leaf("counter"), of: Self.self, isAtomic: true)
    }
}
