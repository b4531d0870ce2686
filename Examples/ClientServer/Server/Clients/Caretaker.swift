import DPDKMultiProcess
import Glibc
import Synchronization

/// Looks after the clients on a thread of its own: who is there, and who has to be started again.
final class Caretaker: Sendable {
    private struct Duties: ~Copyable {
        var attendance: Attendance
        var respawner: Respawner
    }

    private let duties: Mutex<Duties>

    init(_ attendance: consuming sending Attendance, _ respawner: Respawner) {
        duties = Mutex(Duties(attendance: attendance, respawner: respawner))
    }

    /// Looks a hundred times a second until the process is asked to stop.
    func run() {
        while !StopSignal.isRaised {
            duties.withLock { duties in
                duties.attendance.look()
                duties.respawner.look()
            }
            usleep(10_000)
        }
    }

    /// Ends the children that are left, and learns how the clients ended.
    func end() {
        duties.withLock { duties in
            duties.respawner.end()
            duties.attendance.awaitEnds()
        }
    }
}
