internal import Glibc
public import Synchronization

/// The request to stop in order, which SIGINT and SIGTERM make.
public enum StopSignal {
    @usableFromInline static let raised = Atomic(false)

    /// Whether the process was asked to stop. Costs a load: it is for every turn of a loop.
    @inlinable public static var isRaised: Bool { raised.load(ordering: .relaxed) }

    /// Has SIGINT and SIGTERM raise the flag from now on, and a reader that went away do no harm.
    public static func install() {
        _ = isRaised
        var action = sigaction()
        // All that a handler may do is to set a flag. Without SA_RESTART a sleeping poll wakes up at once.
        unsafe action.__sigaction_handler.sa_handler = { _ in StopSignal.raised.store(true, ordering: .relaxed) }
        // A parent that has the signals blocked, as worker threads have, would hand that on.
        var signals = sigset_t()
        for number in [SIGINT, SIGTERM] {
            unsafe sigaction(number, &action, nil)
            unsafe sigaddset(&signals, number)
        }
        unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
        signal(SIGPIPE, SIG_IGN)
    }
}

/// Waits for a hundredth of a second, or for less if a signal comes.
public func nap() { usleep(10_000) }
