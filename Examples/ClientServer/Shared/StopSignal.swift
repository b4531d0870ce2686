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
        for number in numbers { unsafe sigaction(number, &action, nil) }
        // A parent that has the signals blocked, as worker threads have, would hand that on.
        mask(SIG_UNBLOCK)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Has the signals wait for the program that takes this one's place with `execv`, and installs them anew.
    ///
    /// What came before has raised the flag: look at that afterwards. There must be nothing left to do in order.
    public static func handOn() {
        mask(SIG_BLOCK)
        // EAL's threads do not block them, and nobody reads the flag any more.
        for number in numbers { signal(number) { _ in _exit(0) } }
    }

    private static let numbers = [SIGINT, SIGTERM]

    private static func mask(_ how: CInt) {
        var signals = sigset_t()
        for number in numbers { unsafe sigaddset(&signals, number) }
        unsafe sigprocmask(how, &signals, nil)
    }
}

/// Waits for a hundredth of a second, or for less if a signal comes.
public func nap() { usleep(10_000) }
