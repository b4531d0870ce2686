public import CDPDK

/// A transmit queue of a port, held by one live process at a time.
///
/// At the end of its scope, the queue is free for the next holder. It cannot be copied, and may move to another thread;
/// one thread uses it at a time. A ``TransmitBuffer`` gathers packets for the queue and decides about those that it
/// does not take. C names such a queue by the arguments `port_id` and `queue_id` of `rte_eth_tx_burst`.
public struct TransmitQueue: ~Copyable, Sendable {
    @usableFromInline let port: UInt16
    @usableFromInline let queue: UInt16
    /// What the driver does with packets (`CDPDK_DRIVER_…`).
    @usableFromInline let driver: Int32
    let claim: Claim

    deinit { claim.release() }

    /// The port's id (`port_id`).
    public var portID: Int { Int(port) }

    /// The queue's index (`queue_id`).
    public var index: Int { Int(queue) }

    /// Transmits as many packets as the queue takes, from the front of a burst.
    ///
    /// - Parameter burst: The burst, which keeps the packets that the queue does not take, in order.
    /// - Returns: How many packets the queue took.
    ///
    /// It calls the driver once. In a secondary, it does so once for each 256 packets of one pool, or for each
    /// ``PacketPool/cacheSize`` if that is less, and once for each packet that has several segments or that others
    /// share. So all of them come back if the process is killed in a call of a driver that keeps none; after a kill in
    /// a call of another driver, packets are in doubt: <doc:WhenAProcessDies>. The corresponding C function is
    /// `rte_eth_tx_burst`.
    @inlinable
    public mutating func transmitBurst(_ burst: inout PacketBurst) -> Int {
        guard burst.count > 0 else { return 0 }
        let count = unsafe Int(
            cdpdk_packets_transmit(port, queue, driver, burst.block, UInt32(burst.first), UInt32(burst.number)))
        burst.note(burst.first &+ count, burst.number &- count)
        return count
    }
}
