public import CDPDK

/// A receive queue of a port, held by one live process at a time.
///
/// It is not copyable; when it goes out of scope, the queue is free for the next. It may be sent to another thread, and
/// is used by one at a time. The corresponding C words are the pair `port_id`, `queue_id` of `rte_eth_rx_burst`.
public struct ReceiveQueue: ~Copyable, Sendable {
    @usableFromInline let port: UInt16
    @usableFromInline let queue: UInt16
    let claim: Claim

    deinit { claim.release() }

    /// The port's id (`port_id`).
    public var portID: Int { Int(port) }

    /// The queue's index (`queue_id`).
    public var index: Int { Int(queue) }

    /// Receives packets to the end of the burst, as many as there are and as have room, and returns how many.
    ///
    /// One call of the driver. The corresponding C function is `rte_eth_rx_burst`.
    @inlinable
    public mutating func receiveBurst(into burst: inout PacketBurst, upTo limit: Int = .max) -> Int {
        let room = burst.makeRoom(for: max(0, min(limit, burst.freeCapacity, Int(UInt16.max))))
        guard room > 0 else { return 0 }
        let count = unsafe Int(cdpdk_port_receive(port, queue, burst.end, UInt16(truncatingIfNeeded: room)))
        if count > 0 { burst.listMore(count) }
        return count
    }
}
