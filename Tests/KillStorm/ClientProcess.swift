import CStorm
import Glibc
import Synchronization

/// A client as its parent sees it.
struct ClientProcess {
    let pid: pid_t
    /// The status that the kernel gives, or nil while the process runs.
    private(set) var ending: CInt?

    /// Starts this program again with other arguments.
    init(_ words: [String]) throws {
        var pid: pid_t = 0
        var pointers = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        let status = unsafe cstorm_spawn(&pointers, &pid)
        guard status == 0 else {
            throw StormFailure("a client cannot be started: \(unsafe String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    /// Whether the process has ended. It never waits. On a busy machine the kernel may take seconds to clear away a
    /// process, which another thread has it do.
    mutating func hasEnded() -> Bool {
        var information = unsafe siginfo_t()
        if ending == nil, unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0,
            unsafe information.si_signo == SIGCHLD
        {
            let number = unsafe information._sifields._sigchld.si_status
            ending = unsafe information.si_code == CLD_EXITED ? number << 8 : number
            Self.ended.withLock { $0.append(pid) }
        }
        return ending != nil
    }

    private static let ended = Mutex<[pid_t]>([])

    /// Clears away the processes that have ended.
    static func reap() {
        let pids = ended.withLock { ended in
            defer { ended = [] }
            return ended
        }
        for pid in pids { _ = waitpid(pid, nil, 0) }
    }

    func signal(_ number: CInt) { if ending == nil { _ = kill(pid, number) } }

    var wasKilled: Bool { ending.map { $0 & 0x7F == SIGKILL } ?? false }
    var endedInOrder: Bool { ending == 0 }
}
