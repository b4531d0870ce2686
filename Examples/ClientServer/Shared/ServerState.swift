public import DPDKMultiProcess
public import Synchronization

/// The numbers that the server and the clients of this library share beside the sample's table.
///
/// The server creates it last, so a client that finds it finds everything. A C client knows nothing of it.
public struct ServerState: ~Copyable, SharedAtomicValue {
    /// One counter for each client.
    public typealias Counters = InlineArray<16, SharedCounter>

    /// Packets that went into a client's ring, counted by the server.
    public let delivered = Counters { _ in SharedCounter() }
    /// Packets for which a client's ring had no room, counted by the server.
    public let dropped = Counters { _ in SharedCounter() }
    /// The most packets that the server has seen in a client's ring.
    public let highWater = Counters { _ in SharedCounter() }
    /// Packets from a port that is not in the table, counted by the client.
    public let unroutable = Counters { _ in SharedCounter() }
    /// How many clients the server deals to.
    public let clientCount: Atomic<UInt32>
    /// Whether the server has stopped receiving, so that clients empty their rings and leave.
    public let isStopping = Atomic<UInt32>(0)

    /// The state of a server that has just started.
    public init(clientCount: Int) { self.clientCount = Atomic(UInt32(clientCount)) }

    /// Raises a client's high-water mark if its ring holds more packets than that; for the server.
    public func noteFill(ofClient client: Int, _ producer: borrowing SharedRing<Packet>.Producer) {
        let fill = UInt64(producer.capacity - producer.freeCount)
        if fill > highWater[client].value { highWater[client].add(fill - highWater[client].value) }
    }

    /// States the fields, which reflection does not find in a noncopyable type.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        let counters = ["delivered", "dropped", "highWater", "unroutable"]
        let words = ["clientCount", "isStopping"]
        return try .structure(
            of: Self.self,
            fields: counters.map { .field($0, Counters.self) } + words.map { .field($0, Atomic<UInt32>.self) })
    }
}
