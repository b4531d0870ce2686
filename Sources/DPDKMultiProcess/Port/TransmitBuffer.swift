internal import CDPDK

/// Gathers packets for a transmit queue, sends them in bursts, and does what was said with those that it does not take.
///
///     let queue = try port.makeTransmitQueue(0)
///     var buffer = try TransmitBuffer(queue: queue, capacity: 32, whenFull: .retry(3), in: process)
///     buffer.append(from: &burst)      // sends as often as 32 are together
///     buffer.flush()                   // sends what there is
///
/// It owns the queue and the packets that it gathers; those that it still has when it goes out of scope are freed. It
/// may be sent to another thread, and is used by one at a time. The corresponding C type is
/// `struct rte_eth_dev_tx_buffer`.
public struct TransmitBuffer: ~Copyable, Sendable {
    /// What to do with packets that the queue does not take.
    ///
    /// The corresponding C function is `rte_eth_tx_buffer_set_err_callback`.
    public enum OverflowPolicy: Sendable {
        /// Free them, and count them as dropped (`rte_eth_tx_buffer_drop_callback`).
        case drop
        /// Try again up to so many times, and then drop what is left.
        case retry(Int)
        /// Hand them over. What is left in the burst afterwards is dropped.
        case hand(@Sendable (inout PacketBurst) -> Void)
    }

    @usableFromInline var queue: TransmitQueue
    @usableFromInline var burst: PacketBurst
    private let whenFull: OverflowPolicy

    /// How many packets the queue has taken. C keeps no such count.
    public private(set) var transmittedCount: UInt64 = 0

    /// How many packets were dropped because the queue did not take them; what
    /// `rte_eth_tx_buffer_count_callback` counts in C.
    public private(set) var droppedCount: UInt64 = 0

    /// Makes a buffer that sends when `capacity` packets are together.
    ///
    /// - Parameters:
    ///   - queue: Where to send; the buffer owns it.
    ///   - capacity: 1 to 16 384 packets.
    ///   - whenFull: What to do with packets that the queue does not take.
    ///   - process: This process.
    ///
    /// Throws `.invalidSize`, `.registryFull`, `.outOfMemory`, `.setUpLockTimeout` or `.shutDown`; the queue is free
    /// then. The corresponding C function is `rte_eth_tx_buffer_init`.
    public init(
        queue: consuming TransmitQueue, capacity: Int = 32, whenFull: OverflowPolicy = .drop, in process: DPDKProcess
    ) throws(DPDKError) {
        _ = try process.running()
        let burst = try PacketBurst(kind: UInt32(CDPDK_BLOCK_TRANSMIT_BUFFER), capacity: capacity)
        self.queue = queue
        self.burst = burst
        self.whenFull = whenFull
    }

    /// How many packets are gathered now (`length` of `struct rte_eth_dev_tx_buffer`).
    @inlinable public var count: Int { burst.count }

    /// The port's id (`port_id`).
    public var portID: Int { queue.portID }

    /// Adds a packet, and sends if `capacity` packets are together then; returns how many were sent.
    ///
    /// The corresponding C function is `rte_eth_tx_buffer`.
    @inlinable @discardableResult
    public mutating func append(_ packet: consuming Packet) -> Int {
        // There is room: a full buffer was flushed when it became full.
        _ = burst.append(packet)
        return burst.isFull ? flush() : 0
    }

    /// Adds all packets of another burst, which is empty afterwards, sending as often as `capacity` packets are
    /// together; returns how many were sent.
    ///
    /// The corresponding C function is `rte_eth_tx_buffer`, for each packet.
    @inlinable @discardableResult
    public mutating func append(from other: inout PacketBurst) -> Int {
        var sent = 0
        while !other.isEmpty {
            // A burst that would fill the buffer goes to the queue as it is.
            if burst.isEmpty, other.count >= burst.capacity {
                sent += transmit(&other)
            } else {
                _ = burst.append(from: &other)
                if burst.isFull { sent += flush() }
            }
        }
        return sent
    }

    /// Sends what is gathered, and returns how many the queue took. What it did not take is dealt with as was said, so
    /// that the buffer is empty afterwards.
    ///
    /// The corresponding C function is `rte_eth_tx_buffer_flush`.
    @discardableResult
    public mutating func flush() -> Int {
        Self.transmit(&burst, to: &queue, whenFull, &transmittedCount, &droppedCount)
    }

    /// Sends a whole burst past the buffer.
    @usableFromInline
    mutating func transmit(_ other: inout PacketBurst) -> Int {
        Self.transmit(&other, to: &queue, whenFull, &transmittedCount, &droppedCount)
    }

    private static func transmit(
        _ burst: inout PacketBurst, to queue: inout TransmitQueue, _ whenFull: OverflowPolicy,
        _ transmittedCount: inout UInt64,
        _ droppedCount: inout UInt64
    ) -> Int {
        var sent = queue.transmitBurst(&burst)
        if !burst.isEmpty {
            switch whenFull {
            case .drop: break
            case .retry(let limit):
                var attempts = 0
                while !burst.isEmpty, attempts < limit {
                    cdpdk_pause()
                    sent += queue.transmitBurst(&burst)
                    attempts += 1
                }
            case .hand(let handler): handler(&burst)
            }
            droppedCount += UInt64(burst.count)
            burst.removeAll()
        }
        transmittedCount += UInt64(sent)
        return sent
    }
}
