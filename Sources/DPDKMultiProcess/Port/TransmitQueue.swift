public import CDPDK

/// A transmit queue of a port, held by one live process at a time.
///
/// It is not copyable; when it goes out of scope, the queue is free for the next. It may be sent to another thread, and
/// is used by one at a time. A ``TransmitBuffer`` on it gathers packets and says what to do with those it does not
/// take. The corresponding C words are the pair `port_id`, `queue_id` of `rte_eth_tx_burst`.
public struct TransmitQueue: ~Copyable, Sendable {
    @usableFromInline let port: UInt16
    @usableFromInline let queue: UInt16
    let claim: Claim

    deinit { claim.release() }

    /// The port's id (`port_id`).
    public var portID: Int { Int(port) }

    /// The queue's index (`queue_id`).
    public var index: Int { Int(queue) }

    /// Sends packets from the front of the burst, as many as the queue takes, and returns how many.
    ///
    /// What it does not take stays in the burst, in order, and is the caller's. One call of the driver. The
    /// corresponding C function is `rte_eth_tx_burst`.
    @inlinable
    public mutating func transmitBurst(_ burst: inout PacketBurst) -> Int {
        let wanted = min(burst.count, Int(UInt16.max))
        guard wanted > 0 else { return 0 }
        let count = unsafe Int(cdpdk_port_transmit(port, queue, burst.start, UInt16(truncatingIfNeeded: wanted)))
        if count > 0 { burst.unlistFirst(count) }
        return count
    }
}
