public import DPDKMultiProcess
public import Synchronization

/// The numbers that the server and the clients of this library share beside the sample's table.
///
/// The server creates it last, so a client that finds it finds everything. A C client knows nothing of it.
public struct ServerState: ~Copyable, SharedAtomicValue {
    /// One counter for each client.
    public typealias Counters = InlineArray<16, SharedCounter>
    /// One process for each client.
    public typealias Words = InlineArray<16, Atomic<UInt64>>

    /// Packets that went into a client's ring, counted by the server.
    public let delivered = Counters { _ in SharedCounter() }
    /// Packets for which a client's ring had no room, counted by the server.
    public let dropped = Counters { _ in SharedCounter() }
    /// The most packets that the server has seen in a client's ring.
    public let highWater = Counters { _ in SharedCounter() }
    /// Packets from a port that is not in the table, counted by the client.
    public let unroutable = Counters { _ in SharedCounter() }
    /// Packets that were dropped because there was no client, counted by the server.
    public let undealt = SharedCounter()
    /// Processes that died, counted by the server.
    public let deaths = SharedCounter()
    /// Packets that came back from processes that died, those in the caches of their lcores among them.
    public let returned = SharedCounter()
    /// For each client, the process that is it or was the last one, see `ProcessIdentity.word`; 0 before the first one.
    public let serving = Words { _ in Atomic(0) }
    /// For each client, the process that asks the running one to let go; 0 if none does.
    public let requests = Words { _ in Atomic(0) }
    /// The clients that the server deals to, as the server keeps them.
    public let roll = Atomic<UInt32>(0)
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
        let lists = ["delivered", "dropped", "highWater", "unroutable"]
        let counters = ["undealt", "deaths", "returned"]
        let flags = ["roll", "clientCount", "isStopping"]
        return try .structure(
            of: Self.self,
            fields: lists.map { .field($0, Counters.self) } + counters.map { .field($0, SharedCounter.self) }
                + ["serving", "requests"].map { .field($0, Words.self) } + flags.map { .field($0, Atomic<UInt32>.self) }
        )
    }
}

extension ProcessIdentity {
    /// The process as a word of the state, which no other process of the group ever has.
    public var word: UInt64 { slot.map { UInt64($0 + 1) << 32 | UInt64(generation) } ?? 0 }
}
