import ClientServer
import DPDKMultiProcess
import Glibc

/// The time that a client gives its server to be there and ready.
///
/// A process may try to attach as often as it likes, but it attaches only once. A process that attached before the
/// server had set up its ports is therefore replaced by a new one, which reads the time left from its environment.
struct ServerSearch {
    /// Thrown if this process may have attached too early, so that a new one has to take its place.
    struct TooEarly: Error {}

    /// Thrown if the server that this process attached to is about to end.
    struct Stopping: Error {}

    /// Thrown to wait for another server as if this process had just been started.
    struct NextServer: Error {}

    /// How long to wait; nil for ever.
    private let patience: Duration?
    private let deadline: ContinuousClock.Instant?
    /// The errors while there is no server, while it starts, and if this process attached before its ports were set up.
    private static let notReady: [DPDKError.Code] = [
        .noPrimary, .primaryDead, .primaryDiedWhileStarting, .primaryStillStarting, .notFound, .noSuchQueue,
        .portConfiguredLater,
    ]
    private static let variable = "MP_CLIENT_WAIT_MILLISECONDS"

    init(patience: Duration?) {
        let inherited = unsafe getenv(Self.variable).flatMap { unsafe Int(String(cString: $0)) }
        self.patience = patience
        deadline = patience.map { .now + (inherited.map { .milliseconds($0) } ?? $0) }
    }

    private var hasTime: Bool { deadline.map { .now < $0 } ?? true }

    /// Runs `body` as a secondary, and waits for the server before if there is none or if it is not ready.
    func run(_ arguments: EALArguments, _ body: (SecondaryProcess) throws -> Void) throws {
        var isFirst = unsafe getenv(Self.variable) == nil
        while !StopSignal.isRaised {
            do {
                return try SecondaryProcess.run(arguments, body)
            } catch let error as DPDKError where [.alreadyStarted, .shutDown].contains(error.code) {
                // The attempt before this one has started EAL, which a process can do only once.
                return try startAnew(waiting: deadline.map { $0 - .now })
            } catch is TooEarly {
            } catch is Stopping {
                if !hasTime { throw Program.Failure("the server is stopping; wait for the next one with --wait") }
            } catch is NextServer {
                Program.note("waiting for the next server of group '\(arguments.filePrefix)'")
                // What was found out about this server.
                unsafe unsetenv("MP_CLIENT_FOUND")
                return try startAnew(waiting: patience)
            } catch let error as DPDKError where Self.notReady.contains(error.code) && hasTime {
                if isFirst { Program.note("waiting for the server of group '\(arguments.filePrefix)'") }
                isFirst = false
            }
            usleep(10_000)
        }
    }

    /// Replaces this process by a new one with the same command line; returns if the process is asked to stop before.
    private func startAnew(waiting time: Duration?) throws {
        usleep(100_000)
        // From here on the signals wait for the new program: EAL's threads do not take them.
        var signals = sigset_t()
        for number in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
        unsafe sigprocmask(SIG_BLOCK, &signals, nil)
        if StopSignal.isRaised { return }
        // EAL opens the files of the group's memory without O_CLOEXEC.
        closefrom(STDERR_FILENO + 1)
        unsafe setenv(Self.variable, "\(time.map { max(0, Int($0 / .milliseconds(1))) } ?? 0)", 1)
        var words = unsafe CommandLine.arguments.map { unsafe strdup($0) } + [nil]
        unsafe execv("/proc/self/exe", &words)
        throw Program.Failure("a new process could not be started: \(unsafe String(cString: strerror(errno)))")
    }
}
