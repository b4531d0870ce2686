import ClientServer
import DPDKMultiProcess
import Glibc

/// The time that a client gives its server to be there and ready.
///
/// A process can try to attach as often as it likes, but attach once: one that attached before the server had set up
/// its ports is replaced by a new one, which is what ``startAnew()`` does. The deadline is handed on in the
/// environment.
struct ServerSearch {
    /// In nanoseconds of the machine's monotonic clock, which the process that comes after reads too.
    private let deadline: UInt64

    init(patience: Duration) {
        let inherited = unsafe getenv(Self.deadlineVariable).flatMap { unsafe UInt64(String(cString: $0)) }
        deadline = inherited ?? Clock.nanoseconds + UInt64(patience / .nanoseconds(1))
    }

    /// Attaches as soon as there is a server, or returns nil where the process is asked to stop before.
    func attach(_ arguments: EALArguments) throws -> SecondaryProcess? {
        var hasSpoken = false
        while !StopSignal.isRaised {
            do throws(DPDKError) {
                return try SecondaryProcess(arguments)
            } catch {
                // The attempt before has started EAL, which a process can do once.
                if error.code == .alreadyStarted {
                    try startAnew()
                    return nil
                }
                guard error.meansNoServer, Clock.nanoseconds < deadline else { throw error }
            }
            if !hasSpoken { Program.note("waiting for the server of group '\(arguments.filePrefix)'") }
            hasSpoken = true
            nap()
        }
        return nil
    }

    /// Returns what `find` finds, or nil where the server is not ready for this process and there is time left.
    func lookUp<Found: ~Copyable>(_ find: () throws -> Found) throws -> Found? {
        do {
            return try find()
        } catch let error as DPDKError where error.meansNotReady && Clock.nanoseconds < deadline {
            return nil
        }
    }

    /// Whether the server's ports were set up before this process attached, which this process must be sure of.
    ///
    /// The library knows it of servers that use it. Of a C server a new process can be sure, which attaches after this
    /// one has found everything.
    func trusts(_ server: ServerObjects) -> Bool {
        if server.state != nil { return true }
        return unsafe getenv(Self.foundVariable) != nil || setenv(Self.foundVariable, "1", 1) != 0
    }

    /// Replaces this process by a new one with the same command line; returns where the process is asked to stop
    /// before.
    func startAnew() throws {
        usleep(100_000)
        // The signals wait for the program that takes this one's place; EAL's threads, which do not block them, end it.
        var signals = sigset_t()
        for number in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
        unsafe sigprocmask(SIG_BLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] { signal(number) { _ in _exit(0) } }
        if StopSignal.isRaised { return }
        // EAL opens the files of the group's memory without O_CLOEXEC.
        closefrom(STDERR_FILENO + 1)
        unsafe setenv(Self.deadlineVariable, "\(deadline)", 1)
        var words = unsafe CommandLine.arguments.map { unsafe strdup($0) } + [nil]
        unsafe execv("/proc/self/exe", &words)
        throw Program.Failure("a new process could not be started: \(unsafe String(cString: strerror(errno)))")
    }

    private static let deadlineVariable = "MP_CLIENT_DEADLINE"
    private static let foundVariable = "MP_CLIENT_FOUND"
}

extension DPDKError {
    /// Whether there is no server yet, so that attaching may be tried again.
    fileprivate var meansNoServer: Bool {
        [.noPrimary, .primaryDead, .primaryDiedWhileStarting, .primaryStillStarting].contains(code)
    }

    /// Whether the server has not finished its set-up, or had not when this process attached.
    fileprivate var meansNotReady: Bool { [.notFound, .noSuchQueue, .portConfiguredLater].contains(code) }
}
