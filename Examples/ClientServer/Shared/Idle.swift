public import ArgumentParser
internal import DPDKMultiProcess
internal import Glibc

/// What a polling loop does when it found nothing.
public enum IdleStrategy: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Poll again at once: the lowest latency, and a CPU for itself.
    case spin
    /// Tell the CPU that it is a poll, which its sibling thread and the power bill notice.
    case pause
    /// Let another thread run that waits for the CPU.
    case yield
    /// Sleep for some 50 microseconds.
    case sleep
    /// Pause at first, then yield, then sleep: for CPUs that are shared with others.
    case adaptive
}

/// How long a polling loop has found nothing, and what it does about it.
public struct Idle {
    private let strategy: IdleStrategy
    @usableFromInline var emptyPolls = 0

    /// Starts with a strategy.
    public init(_ strategy: IdleStrategy) { self.strategy = strategy }

    /// Rests if the last poll found nothing.
    @inlinable @inline(__always)
    public mutating func rest(afterFinding count: Int) {
        if count > 0 {
            emptyPolls = 0
        } else {
            emptyPolls &+= 1
            rest()
        }
    }

    @usableFromInline
    func rest() {
        switch strategy {
        case .spin: break
        case .pause: Lcore.pause()
        case .yield: sched_yield()
        case .sleep: usleep(20)
        case .adaptive where emptyPolls < 200: Lcore.pause()
        case .adaptive where emptyPolls < 400: sched_yield()
        case .adaptive: usleep(20)
        }
    }
}
