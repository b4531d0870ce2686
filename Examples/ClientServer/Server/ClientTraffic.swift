import DPDKMultiProcess
import Synchronization

/// What the server counts for one client: the thread that forwards writes it, and any other may read it.
final class ClientTraffic: Sendable {
    /// Packets that went into the client's ring.
    let delivered = SharedCounter()
    /// Packets that its ring had no room for.
    let dropped = SharedCounter()
    /// The most packets that were seen in its ring.
    var highWater: Int { mark.load(ordering: .relaxed) }

    private let mark = Atomic(0)

    func note(fill: Int) {
        if fill > highWater { mark.store(fill, ordering: .relaxed) }
    }
}
