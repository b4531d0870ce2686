import DPDKMultiProcess
import Synchronization

/// What one client tells, and is told, whichever process it is.
struct Desk: ~Copyable, SharedAtomicValue {
    /// The number of the last packet that was taken from the ring to the client.
    let lastTaken = Atomic<UInt64>(0)
    /// The longest time between two steps, in nanoseconds.
    let longestPause = Atomic<UInt64>(0)
    /// How many packets came that had been there before, or out of order.
    let repeated = Atomic<UInt64>(0)
    /// How many packets came whose bytes were not those that the primary had written.
    let broken = Atomic<UInt64>(0)
    let steps = Atomic<UInt64>(0)
    let phase = Atomic<UInt32>(0)
    /// How many packets it held when its phase changed last.
    let inHand = Atomic<UInt32>(0)
    /// The incarnation that is ready to run.
    let ready = Atomic<UInt32>(0)
    /// The order to rest that it obeys.
    let resting = Atomic<UInt32>(0)
    /// Written by the primary: the incarnation that may run.
    let mayRun = Atomic<UInt32>(0)
    /// Written by the primary: the incarnation that is to leave.
    let mustLeave = Atomic<UInt32>(0)

    static func sharedLayout() throws(DPDKError) -> SharedLayout {
        let numbers = ["lastTaken", "longestPause", "repeated", "broken", "steps"]
        let words = ["phase", "inHand", "ready", "resting", "mayRun", "mustLeave"]
        return try .structure(
            of: Self.self,
            fields: numbers.map { .field($0, Atomic<UInt64>.self) } + words.map { .field($0, Atomic<UInt32>.self) })
    }
}
