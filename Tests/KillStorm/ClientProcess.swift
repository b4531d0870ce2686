import CStorm
import Glibc

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

    /// Whether the process has ended. It never waits.
    mutating func hasEnded() -> Bool {
        var status: CInt = 0
        if ending == nil, unsafe waitpid(pid, &status, WNOHANG) == pid { ending = status }
        return ending != nil
    }

    func signal(_ number: CInt) { if ending == nil { _ = kill(pid, number) } }

    var wasKilled: Bool { ending.map { $0 & 0x7F == SIGKILL } ?? false }
    var endedInOrder: Bool { ending == 0 }
}
