internal import CDPDK

/// Gathers packets for a transmit queue, transmits them in bursts, and handles those that the queue does not take.
///
///     let queue = try port.makeTransmitQueue(0)
///     var buffer = try TransmitBuffer(queue: queue, capacity: 32, whenFull: .retry(3), in: process)
///     buffer.append(from: &burst)      // transmits each time 32 packets are gathered
///     buffer.flush()                   // transmits the rest
///
/// It owns the queue and the gathered packets; packets that it still has at the end of its scope are freed. It may move
/// to another thread; one thread uses it at a time. The corresponding C type is `struct rte_eth_dev_tx_buffer`.
public struct TransmitBuffer: ~Copyable, Sendable {
    /// What to do with packets that the queue does not take.
    ///
    /// The corresponding C function is `rte_eth_tx_buffer_set_err_callback`.
    public enum OverflowPolicy: Sendable {
        /// Free them, and count them as dropped (`rte_eth_tx_buffer_drop_callback`).
        case drop
        /// Try again, at most as often as the number says, and then drop the rest.
        case retry(Int)
        /// Give them to a function. Packets that it leaves in the burst are dropped.
        case hand(@Sendable (inout PacketBurst) -> Void)
    }

    @usableFromInline var queue: TransmitQueue
    @usableFromInline var burst: PacketBurst
    private let whenFull: OverflowPolicy

    /// How many packets the queue has taken. C does not count them.
    public private(set) var transmittedCount: UInt64 = 0

    /// How many packets were dropped because the queue did not take them.
    ///
    /// C counts them with `rte_eth_tx_buffer_count_callback`.
    public private(set) var droppedCount: UInt64 = 0

    /// Creates a buffer that transmits when `capacity` packets are gathered.
    ///
    /// - Parameters:
    ///   - queue: The queue, which the buffer owns from now on.
    ///   - capacity: 1 to 8 192 packets.
    ///   - whenFull: What to do with packets that the queue does not take.
    ///   - process: This process.
    /// - Throws: `.invalidSize`, `.registryFull`, `.outOfMemory`, `.setUpLockTimeout`, `.primaryDead` or `.shutDown`.
    ///   The queue is given up then.
    ///
    /// This is for set-up. Any thread may call it. The corresponding C function is `rte_eth_tx_buffer_init`.
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

    /// Adds a packet, and transmits if `capacity` packets are gathered then.
    ///
    /// - Parameter packet: The packet.
    /// - Returns: How many packets were transmitted.
    ///
    /// Bursts are faster. The corresponding C function is `rte_eth_tx_buffer`.
    @inlinable @discardableResult
    public mutating func append(_ packet: consuming Packet) -> Int {
        // There is room: a full buffer was flushed when it became full.
        _ = burst.append(packet)
        return burst.isFull ? flush() : 0
    }

    /// Adds all packets of a burst, and transmits each time `capacity` packets are gathered.
    ///
    /// - Parameter other: The burst, which is empty afterwards.
    /// - Returns: How many packets were transmitted.
    ///
    /// O(n). The corresponding C function is `rte_eth_tx_buffer`, for each packet.
    @inlinable @discardableResult
    public mutating func append(from other: inout PacketBurst) -> Int {
        var transmitted = 0
        while !other.isEmpty {
            // A burst that would fill the buffer goes to the queue as it is.
            if burst.isEmpty, other.count >= burst.capacity {
                transmitted += transmit(&other)
            } else {
                _ = burst.append(from: &other)
                if burst.isFull { transmitted += flush() }
            }
        }
        return transmitted
    }

    /// Transmits the gathered packets. The buffer is empty afterwards: `whenFull` says what becomes of the packets that
    /// the queue does not take.
    ///
    /// - Returns: How many packets were transmitted.
    ///
    /// The corresponding C function is `rte_eth_tx_buffer_flush`.
    @discardableResult
    public mutating func flush() -> Int {
        Self.transmit(&burst, to: &queue, whenFull, &transmittedCount, &droppedCount)
    }

    /// Transmits a whole burst, past the buffer.
    @usableFromInline
    mutating func transmit(_ other: inout PacketBurst) -> Int {
        Self.transmit(&other, to: &queue, whenFull, &transmittedCount, &droppedCount)
    }

    private static func transmit(
        _ burst: inout PacketBurst, to queue: inout TransmitQueue, _ whenFull: OverflowPolicy,
        _ transmittedCount: inout UInt64, _ droppedCount: inout UInt64
    ) -> Int {
        var transmitted = queue.transmitBurst(&burst)
        if !burst.isEmpty {
            switch whenFull {
            case .drop: break
            case .retry(let limit):
                var attempts = 0
                while !burst.isEmpty, attempts < limit {
                    cdpdk_pause()
                    transmitted += queue.transmitBurst(&burst)
                    attempts += 1
                }
            case .hand(let handler): handler(&burst)
            }
            droppedCount += UInt64(burst.count)
            burst.removeAll()
        }
        transmittedCount += UInt64(transmitted)
        return transmitted
    }
}
