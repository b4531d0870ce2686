internal import CDPDK
internal import Glibc
internal import Synchronization

/// A thread for work that does not poll: statistics, control messages, files, the network.
///
/// EAL pins the thread that starts it to the main lcore's CPU, and every thread that is made from there later inherits
/// that one CPU. A control thread runs on the CPUs that no lcore of this process uses, or on all CPUs of the process if
/// its lcores use all of them. It receives no signals.
///
///     let reporter = try ControlThread(named: "reporter", in: primary) {
///         while !StopSignal.isRaised { … }
///     }
///     …
///     reporter.join()
///
/// The owner of the value waits for the end of the thread: in ``join()``, or at the end of the value's scope. The
/// corresponding C function is `rte_ctrl_thread_create`.
public struct ControlThread: ~Copyable, Sendable {
    private let thread: pthread_t

    /// The names of the threads that have not ended, which keep the process from shutting down.
    private static let running = Mutex<[String]>([])

    /// Starts a thread.
    ///
    /// A shutdown throws `.inUse` until `body` has returned, so that DPDK stays usable for the thread.
    ///
    /// - Parameters:
    ///   - name: The name that `top -H` and debuggers show, 1 to 15 bytes.
    ///   - process: This process.
    ///   - body: The work. It should wait for what it needs and not poll, since it shares its CPUs.
    /// - Throws: `.invalidName`; `.shutDown` after the shutdown; `.initializationFailed` if the system starts no
    ///   thread.
    ///
    /// Any thread may call this.
    public init(
        named name: String, in process: DPDKProcess, _ body: @escaping @Sendable () -> Void
    ) throws(DPDKError) {
        guard 1...15 ~= name.utf8.count else {
            throw DPDKError(
                .invalidName, "control thread '\(name)'", "the name has \(name.utf8.count) bytes",
                remedy: "Choose a name of 1 to 15 bytes")
        }
        _ = try process.running()
        thread = try Member.whileRunning { (_) throws(DPDKError) in
            Self.running.withLock { $0.append(name) }
            do throws(DPDKError) {
                return try Self.start(name) {
                    body()
                    Self.hasEnded(name)
                }
            } catch {
                Self.hasEnded(name)
                throw error
            }
        }
    }

    /// Starts a thread of the library itself, which a shutdown ends.
    init(uncounted name: String, _ body: @escaping @Sendable () -> Void) throws(DPDKError) {
        thread = try Self.start(name, body)
    }

    private static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(DPDKError) -> pthread_t {
        // The new thread inherits the mask, so it receives no signals.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let status = unsafe Work.hand {
            Pinning.moveToControlCPUs()
            unsafe cdpdk_thread_set_name(name)
            body()
        } to: { work in
            unsafe pthread_create(
                &thread, nil,
                { work in
                    unsafe Work.run(work)
                    return nil
                }, work)
        }
        guard status != 0 else { return thread }
        throw DPDKError(
            .initializationFailed, "control thread '\(name)'", "the system started no thread for it",
            remedy: "Raise the limit of threads (ulimit -u)", underlying: RTEErrno(rawValue: status))
    }

    /// Waits for the end of the thread.
    public consuming func join() {}

    deinit { pthread_join(thread, nil) }

    /// The names of the threads that have not ended.
    static var names: [String] { running.withLock(\.self) }

    private static func hasEnded(_ name: String) {
        running.withLock { names in
            if let index = names.firstIndex(of: name) { names.remove(at: index) }
        }
    }
}
