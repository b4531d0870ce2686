internal import CDPDK
internal import Glibc
public import Synchronization

/// The request to come to an orderly end, which SIGINT and SIGTERM make.
///
/// `run` has both signals raise it while its body runs; ``install()`` does so for a program that starts by hand.
/// Another signal ends the process at once, as the first would have without this, if it comes half a second later or
/// more: a way out of a loop that does not look. A sooner one counts as the same request, since `timeout` and other
/// programs that pass a signal on send it twice.
public enum StopSignal {
    @usableFromInline static let raised = Atomic(false)
    /// When the first signal came, in nanoseconds; 0 before.
    private static let firstTime = Atomic<UInt64>(0)

    /// Whether the process was asked to stop.
    ///
    /// Costs one load: look at it in every turn of a loop, from any thread.
    @inlinable public static var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// What the signals did before ``install()``.
    public struct Previous: Sendable {
        fileprivate let actions: [sigaction]
    }

    /// Has SIGINT and SIGTERM raise the flag from now on, for the whole process.
    ///
    /// A sleep or a poll of the thread that takes the signal ends early; other system calls go on. EAL's threads do not
    /// take the signals, and while EAL starts, they wait for the end of the start. The calling thread takes them if it
    /// had them blocked. Call it before other threads change signals.
    ///
    /// - Returns: What the signals did before, for ``restore(_:)``.
    @discardableResult
    public static func install() -> Previous {
        // Made now, and not first in the handler.
        _ = isRaised
        _ = firstTime.load(ordering: .relaxed)
        var action = sigaction()
        // EAL and its drivers are not written for calls that end with EINTR; sleeps and polls do so all the same.
        action.sa_flags = SA_RESTART
        // A handler may do little more than set a flag.
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
        // A parent may have started this process with them blocked.
        change(SIG_UNBLOCK)
        return Previous(actions: previous)
    }

    /// Has the signals do again what they did before ``install()``. A flag that is raised stays raised.
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
