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
}

extension Output {
    init(port: Int, _ server: ServerObjects, _ client: Int, in process: SecondaryProcess) throws {
        // Queue N of each port of a C server is client N's.
        let port =
            server.state == nil
            ? unsafe try EthPort(lookingUpForeign: port, in: process) : try EthPort(lookingUp: port, in: process)
        self.init(
            buffer: try TransmitBuffer(queue: try port.makeTransmitQueue(client), capacity: 32, in: process),
            counters: try server.table.makeCounters(at: \.transmit),
            sentIndex: PortTable.sent(client: client, port: port.id),
            droppedIndex: PortTable.dropped(client: client, port: port.id))
    }

    /// Takes all packets over, and sends as often as 32 are together.
    mutating func send(_ packets: inout PacketBurst) {
        if packets.isEmpty { return }
        buffer.append(from: &packets)
        account()
    }

    /// Sends what is gathered.
    mutating func flush() {
        if buffer.count == 0 { return }
        buffer.flush()
        account()
    }

    private mutating func account() {
        counters.add(buffer.transmittedCount &- sent, at: sentIndex)
        counters.add(buffer.droppedCount &- dropped, at: droppedIndex)
        (sent, dropped) = (buffer.transmittedCount, buffer.droppedCount)
    }
}
