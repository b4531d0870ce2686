import ClientServer
import Foundation

/// Keeps a command running for each client, if the command line names one.
struct Respawner {
    private struct Child {
        /// 0 while it does not run.
        var pid: pid_t = 0
        var backoff = Backoff()
        /// When it was started, or is to be started next.
        var time = ContinuousClock.now
    }

    private let command: String
    private var children: [Child]

    init(_ options: ServerOptions) {
        command = options.respawn ?? ""
        children = options.respawn == nil ? [] : Array(repeating: Child(), count: options.clients)
    }

    /// Starts what has to run, and reaps what has ended.
    mutating func look() {
        for client in children.indices {
            if children[client].pid == 0 {
                if children[client].time <= .now { start(client) }
            } else if let ending = reap(client) {
                let now = ContinuousClock.now
                let wait = children[client].backoff.wait(afterRunning: now - children[client].time)
                children[client].time = now + wait
                Program.note("client \(client) \(ending); it is started again in \(Int(wait / .milliseconds(1))) ms")
            }
        }
    }

    /// Ends all children: by SIGTERM, and after three seconds by SIGKILL.
    mutating func end() {
        for (signal, seconds) in [(SIGTERM, 3.0), (SIGKILL, 1)] {
            for child in children where child.pid > 0 { kill(-child.pid, signal) }
            let deadline = ContinuousClock.now + .seconds(seconds)
            while children.contains(where: { $0.pid > 0 }), .now < deadline {
                for client in children.indices where children[client].pid > 0 { _ = reap(client) }
                usleep(2_000)
            }
        }
    }

    /// How a child has ended, in words; nil while it runs.
    private mutating func reap(_ client: Int) -> String? {
        var status: CInt = 0
        guard unsafe waitpid(children[client].pid, &status, WNOHANG) != 0 else { return nil }
        children[client].pid = 0
        return status & 127 == 0 ? "ended with status \(status >> 8 & 255)" : "was ended by signal \(status & 127)"
    }
}

// MARK: - Starting

extension Respawner {
    /// Starts the command in a process group of its own, so that a signal from the terminal reaches the server alone,
    /// which stops first, and a signal of the server reaches everything that the command has started.
    private mutating func start(_ client: Int) {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        var pipe = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        // The calling thread takes no signals, and the server ignores SIGPIPE.
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &pipe)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        // EAL opens the files of the group's memory without O_CLOEXEC.
        for file in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = CInt(file), descriptor > STDERR_FILENO { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
        let variables = ProcessInfo.processInfo.environment.merging(["MP_CLIENT": "\(client)"]) { $1 }
        var words = unsafe Self.copies(of: ["sh", "-c", command])
        var environment = unsafe Self.copies(of: variables.map { "\($0)=\($1)" })
        defer { unsafe (words + environment).forEach { unsafe free($0) } }
        children[client].time = .now
        let status = unsafe posix_spawn(&children[client].pid, "/bin/sh", &actions, &attributes, &words, &environment)
        if status == 0 { return }
        children[client].pid = 0
        children[client].time += children[client].backoff.wait(afterRunning: .zero)
        Program.note("client \(client) cannot be started: \(unsafe String(cString: strerror(status)))")
    }

    /// The texts as C takes them, with nil at their end. The caller frees them.
    private static func copies(of texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }
}
