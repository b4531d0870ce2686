import ClientServer
import DPDKMultiProcess

/// The client's transmit queue of one port, with a buffer before it and its counters in the server's table.
struct Output: ~Copyable {
    private var buffer: TransmitBuffer
    private let counters: SharedRegion<PortTable>.Counters
    private let sentIndex: Int
    private let droppedIndex: Int
    private(set) var sent: UInt64 = 0
    private(set) var dropped: UInt64 = 0

    init(port: Int, _ server: ServerObjects, client: Int, in process: SecondaryProcess) throws {
        // Queue N of each port of the C server is client N's.
        let port =
            server.state == nil
            ? unsafe try EthPort(lookingUpForeign: port, in: process) : try EthPort(lookingUp: port, in: process)
        let queue = try port.makeTransmitQueue(client)
        let buffer = try TransmitBuffer(queue: queue, capacity: 32, in: process)
        counters = try server.table.makeCounters(at: \.transmit)
        self.buffer = buffer
        sentIndex = PortTable.sent(client: client, port: port.id)
        droppedIndex = PortTable.dropped(client: client, port: port.id)
    }

    /// Takes all packets over, and sends as often as 32 are together.
    @inline(__always)
    mutating func send(_ packets: inout PacketBurst) {
        if packets.isEmpty { return }
        buffer.append(from: &packets)
        account()
    }

    /// Sends what is gathered.
    @inline(__always)
    mutating func flush() {
        if buffer.count == 0 { return }
        buffer.flush()
        account()
    }

    @inline(__always)
    private mutating func account() {
        if buffer.transmittedCount != sent {
            counters.add(buffer.transmittedCount &- sent, at: sentIndex)
            sent = buffer.transmittedCount
        }
        if buffer.droppedCount != dropped {
            counters.add(buffer.droppedCount &- dropped, at: droppedIndex)
            dropped = buffer.droppedCount
        }
    }
}
