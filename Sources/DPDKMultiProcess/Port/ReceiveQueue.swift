public import CDPDK

/// A receive queue of a port, held by one live process at a time.
///
/// At the end of its scope, the queue is free for the next holder. It cannot be copied, and may move to another thread;
/// one thread uses it at a time. C names such a queue by the arguments `port_id` and `queue_id` of `rte_eth_rx_burst`.
@safe public struct ReceiveQueue: ~Copyable, @unchecked Sendable {
    @usableFromInline let port: UInt16
    @usableFromInline let queue: UInt16
    /// What the driver does with packets (`CDPDK_DRIVER_…`).
    @usableFromInline let driver: Int32
    /// The pool that the driver takes packets from, if it is known.
    @usableFromInline let pool: OpaquePointer?
    let claim: Claim

    deinit { claim.release() }

    /// The port's id (`port_id`).
    public var portID: Int { Int(port) }

    /// The queue's index (`queue_id`).
    public var index: Int { Int(queue) }

    /// Receives as many packets as are available and fit, to the end of a burst.
    ///
    /// - Parameters:
    ///   - burst: The burst.
    ///   - limit: How many packets to receive at most.
    /// - Returns: How many packets were received.
    ///
    /// It calls the driver once, or not at all if the burst has no room. In a secondary, it receives at most
    /// ``PacketPool/cacheSize`` packets at once from a driver that keeps none, so that all of them come back if the
    /// process is killed; after a kill in a call of another driver, packets are in doubt: <doc:WhenAProcessDies>. The
    /// corresponding C function is `rte_eth_rx_burst`.
    @inlinable
    public mutating func receiveBurst(into burst: inout PacketBurst, upTo limit: Int = .max) -> Int {
        let room = burst.makeRoom(for: max(0, min(limit, burst.freeCapacity, Int(UInt16.max))))
        guard room > 0 else { return 0 }
        let count = unsafe Int(
            cdpdk_packets_receive(
                port, queue, driver, pool, burst.block, UInt32(burst.first), UInt32(burst.number), UInt32(room)))
        burst.note(burst.first, burst.number &+ count)
        return count
    }
}
