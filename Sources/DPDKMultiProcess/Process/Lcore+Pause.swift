public import CDPDK

extension Lcore {
    /// Tells the CPU that the caller is polling, which leaves more of the core to its sibling thread and saves power.
    ///
    /// Takes some ten nanoseconds. It is for any thread. The corresponding C function is `rte_pause`.
    @inlinable @inline(__always)
    public static func pause() { cdpdk_pause() }
}
