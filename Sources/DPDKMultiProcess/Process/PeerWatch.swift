/// Tells a loop which other processes of the group have come, left and died.
///
///     var watch = PeerWatch(in: primary)
///     while !StopSignal.isRaised {
///         while let event = watch.next() { print(event) }
///         …
///     }
///
/// It begins with `.attached` for every other process that is there. From then on, each process is told once as
/// `.attached` and later once as `.left` or `.died`, in this order. What happens is seen within 20 ms: by the primary
/// itself, which then has freed what a dead process held and has given its packets back, and by the secondaries after
/// it. <doc:WhenAProcessDies> says what comes back.
///
/// The events of a process that came and went while this one was stopped are told, too, without its name. Events are
/// lost only by a watcher that is more than 1 024 of them late, the oldest first, and of a place that changed hands
/// more than 32 times while this process was stopped. Processes without this library are not told, except that
/// ``SecondaryProcess/isPrimaryAlive`` covers such a primary. While the primary is stopped, a secondary learns of the
/// deaths of other secondaries when the primary goes on. A stopped process is alive.
///
/// ``DPDKProcess/peerEvents`` has the same events for Swift's tasks. There is no corresponding C function.
public struct PeerWatch: Sendable {
    private let log: PeerLog
    private var present: [PeerEvent]
    private var position: Int

    /// Begins to watch the group.
    ///
    /// - Parameter process: This process.
    public init(in process: DPDKProcess) {
        log = process.member.peers
        (present, position) = log.begin()
    }

    /// The next event; nil if nothing has happened since the last one.
    ///
    /// Never waits. Costs one load if nothing has happened, and allocates nothing then. After the shutdown of this
    /// process nothing more happens.
    public mutating func next() -> PeerEvent? { present.popLast() ?? log.next(&position) }
}
