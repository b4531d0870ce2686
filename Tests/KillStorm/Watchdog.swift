import CDPDK
import DPDKMultiProcess
import Glibc
import Synchronization

/// Ends the program if its main thread does not go on, for instance because a dead client has blocked the pool.
final class Watchdog: Sendable {
    let tally = Mutex(Tally())
    /// The clients that run.
    let clients = Mutex<Set<pid_t>>([])
    private let turns = Atomic(0)
    private let isDone = Atomic(false)

    /// How long one call may take, in tenths of a second.
    private static let patience = 50

    /// Called by the main thread again and again.
    func goOn() { turns.wrappingAdd(1, ordering: .relaxed) }

    func end() { isDone.store(true, ordering: .relaxed) }

    /// The body of a thread.
    func watch() {
        var before = 0
        var same = 0
        while !isDone.load(ordering: .relaxed) {
            let now = turns.load(ordering: .relaxed)
            same = now == before ? same + 1 : 0
            before = now
            if same > Self.patience { giveUp() }
            ClientProcess.reap()
            cdpdk_sleep_microseconds(100_000)
        }
    }

    private func giveUp() -> Never {
        clients.withLock { for pid in $0 { kill(pid, SIGKILL) } }
        let summary = tally.withLock { tally in
            tally.hung += 1
            tally.problem = "the primary itself has hung for \(Self.patience / 10) s"
            return tally.summary
        }
        print("\n" + summary)
        fflush(nil)
        _exit(1)
    }
}
