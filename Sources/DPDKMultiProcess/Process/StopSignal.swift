internal import CDPDK
internal import Glibc
public import Synchronization

/// The request to end the program in an orderly way, which SIGINT and SIGTERM make.
///
/// `run` catches both signals while its body runs; ``install()`` does so for a program that starts by hand. A second
/// signal ends the process at once if it comes at least half a second after the first: a way out of a loop that does
/// not look at the flag. A second signal that comes sooner counts as the same request, since `timeout` and other
/// programs that pass signals on send them twice.
public enum StopSignal {
    @usableFromInline static let raised = Atomic(false)
    /// The time of the first signal in nanoseconds; 0 before.
    private static let firstTime = Atomic<UInt64>(0)

    /// Whether the process was asked to end.
    ///
    /// It costs one load, so look at it in every turn of a loop. Any thread may ask.
    @inlinable public static var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// What the signals did before ``install()``.
    public struct Previous: Sendable {
        fileprivate let actions: [sigaction]
    }

    /// Has SIGINT and SIGTERM raise the flag from now on, for the whole process.
    ///
    /// A sleep or a poll of the thread that takes the signal ends early; other system calls go on. EAL's threads do not
    /// take the signals; one that comes while EAL starts waits for the end of the start. The calling thread no longer
    /// blocks the two signals.
    ///
    /// - Returns: What the signals did before, for ``restore(_:)``.
    ///
    /// Call this before other threads change what signals do.
    @discardableResult
    public static func install() -> Previous {
        // Initialised here, since a handler must not be the first to do so.
        _ = isRaised
        _ = firstTime.load(ordering: .relaxed)
        var action = sigaction()
        // EAL and its drivers do not expect EINTR from their system calls.
        action.sa_flags = SA_RESTART
        unsafe action.__sigaction_handler.sa_handler = { number in
            let now = cdpdk_monotonic_nanoseconds()
            let (isFirst, first) = StopSignal.firstTime.compareExchange(
                expected: 0, desired: now, ordering: .relaxed)
            StopSignal.raised.store(true, ordering: .relaxed)
            if !isFirst, now > first + 500_000_000 {
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        let previous = numbers.map { number in
            var before = sigaction()
            unsafe sigaction(number, &action, &before)
            return before
        }
        // A parent may have started this process with the signals blocked.
        change(SIG_UNBLOCK)
        return Previous(actions: previous)
    }

    /// Restores what the signals did before ``install()``. A flag that is raised stays raised.
    ///
    /// - Parameter previous: What ``install()`` returned.
    public static func restore(_ previous: Previous) {
        for (number, action) in zip(numbers, previous.actions) {
            var action = action
            unsafe sigaction(number, &action, nil)
        }
    }

    private static let numbers = [SIGINT, SIGTERM]

    /// Blocks the signals in the calling thread, and returns what was blocked before.
    static func block() -> sigset_t { change(SIG_BLOCK) }

    @discardableResult
    private static func change(_ how: CInt) -> sigset_t {
        var signals = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&signals)
        for number in numbers { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(how, &signals, &before)
        return before
    }
}
