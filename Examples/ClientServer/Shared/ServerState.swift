public import DPDKMultiProcess
public import Synchronization

/// What the server and the clients of this library tell each other beside the sample's table.
///
/// The server creates it last, so whoever finds it finds everything. A C client knows nothing of it.
public struct ServerState: ~Copyable, SharedAtomicValue {
    /// For each client, the packets that came from a port that is not in the table; the client counts.
    public let unroutable = InlineArray<16, SharedCounter> { _ in SharedCounter() }
    /// How many clients the server deals to.
    public let clientCount: Atomic<UInt32>
    /// Whether the server has stopped receiving, so that clients empty their rings and leave.
    public let isStopping = Atomic<UInt32>(0)

    /// The state of a server that has just started.
    public init(clientCount: Int) { self.clientCount = Atomic(UInt32(clientCount)) }

    /// States the fields, which reflection does not find in a noncopyable type.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self,
            fields: [
                .field("unroutable", InlineArray<16, SharedCounter>.self),
                .field("clientCount", Atomic<UInt32>.self),
                .field("isStopping", Atomic<UInt32>.self),
            ])
    }
}
