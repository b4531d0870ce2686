import ClientServer
import DPDKMultiProcess
import Glibc
import Synchronization

/// Finds out which clients are there: a client of this library says that it serves and who it is, and the events of the
/// group say whether that process is still attached and alive.
struct Attendance: ~Copyable {
    private var watch: PeerWatch
    /// The other processes of the group, see `ProcessIdentity.word`.
    private var present: Set<UInt64> = []
    private var strangers: Strangers
    /// For each client's ring, how many packets have gone into it when it was last seen to move, and when that was.
    private var moves: [(delivered: UInt64, time: ContinuousClock.Instant)]
    private let rings: [SharedRing<Packet>]
    private let primary: PrimaryProcess
    private let state: SharedRegion<ServerState>.Access
}

extension Attendance {
    init(of shared: SharedObjects, in primary: PrimaryProcess) throws {
        self.init(
            watch: PeerWatch(in: primary), strangers: Strangers(filePrefix: primary.filePrefix),
            moves: shared.rings.map { _ in (0, .now) }, rings: shared.rings, primary: primary,
            state: try shared.state.makeAccess())
    }

    /// Looks who is there, and tells the forwarding thread.
    mutating func look() {
        noteEvents()
        var roll = Roll()
        roll.hasStrangers = strangers.areThere(beside: present.count)
        for client in rings.indices where serves(client) || roll.hasStrangers && moves(client) { roll.add(client) }
        state.value.roll.store(roll.rawValue, ordering: .releasing)
    }

    /// Waits until all processes that were there have left or are known to have died, for a second at most.
    mutating func awaitEnds() {
        let deadline = ContinuousClock.now + .seconds(1)
        repeat {
            noteEvents()
            if present.isEmpty { return }
            usleep(2_000)
        } while .now < deadline
    }

    private mutating func noteEvents() {
        while let event = watch.next() {
            if event.kind == .attached {
                present.insert(event.process.word)
            } else {
                present.remove(event.process.word)
            }
            guard event.kind == .died else { continue }
            state.value.deaths.add(1)
            state.value.returned.add(UInt64(event.returnedPackets))
            Program.note("\(event)")
        }
    }

    /// Whether a client of this library serves. While one process hands over to another, the other one is enough.
    private func serves(_ client: Int) -> Bool {
        isThere(state.value.serving[client].load(ordering: .acquiring))
            || isThere(state.value.requests[client].load(ordering: .acquiring))
            // The other one has taken over between these two looks.
            || isThere(state.value.serving[client].load(ordering: .acquiring))
    }

    /// Whether a process is attached and alive. One that has just come may not have been an event yet.
    private func isThere(_ word: UInt64) -> Bool {
        if word == 0 || present.contains(word) { return word != 0 }
        return (try? primary.processes().contains { $0.word == word }) ?? false
    }

    /// Whether somebody may take packets from a ring that no client of this library has: it has had room within the
    /// last fifth of a second.
    private mutating func moves(_ client: Int) -> Bool {
        let delivered = state.value.delivered[client].value
        if !rings[client].isFull || delivered != moves[client].delivered { moves[client] = (delivered, .now) }
        return .now - moves[client].time < .milliseconds(200)
    }
}
