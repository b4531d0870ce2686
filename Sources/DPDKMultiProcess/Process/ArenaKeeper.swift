internal import Synchronization

/// Reserves memory in the primary for secondaries whose arenas are full.
///
/// The reservation may wait for a lock of EAL, whose holder may wait for what the control thread does next. So it has a
/// thread of its own while there is something to reserve.
struct ArenaKeeper: ~Copyable {
    private var thread: ControlThread?
    private static let isReserving = Atomic(false)

    /// Whether the thread still uses EAL.
    var isReserving: Bool { Self.isReserving.load(ordering: .acquiring) }

    /// Looks for requests, on the primary's control thread.
    mutating func look(_ registry: Registry) {
        guard !isReserving, Arena.hasRequests(registry) else { return }
        Self.isReserving.store(true, ordering: .relaxed)
        do throws(DPDKError) {
            thread = try ControlThread(uncounted: "dpdkmp-memory") {
                Arena.answerRequests(registry)
                Self.isReserving.store(false, ordering: .releasing)
            }
        } catch {
            // The next look tries again.
            Self.isReserving.store(false, ordering: .relaxed)
        }
    }
}
