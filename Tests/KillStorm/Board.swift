import DPDKMultiProcess
import Synchronization

/// What the primary and its clients tell each other in shared memory.
struct Board: ~Copyable, SharedAtomicValue {
    /// Odd while the clients are to rest with nothing in hand. Each change adds 1.
    let order = Atomic<UInt32>(0)
    let desks = InlineArray<4, Desk> { _ in Desk() }

    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try .structure(
            of: Self.self,
            fields: [.field("order", Atomic<UInt32>.self), .field("desks", InlineArray<4, Desk>.self)])
    }
}

/// What the objects of the group are called.
enum Names {
    static let pool = "storm", board = "storm"
    static func ring(to client: Int) -> String { "storm_to_\(client)" }
    static func ring(from client: Int) -> String { "storm_from_\(client)" }
}
