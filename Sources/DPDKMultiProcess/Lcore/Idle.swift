internal import Glibc

/// What a polling loop does when it has found nothing.
///
///     var idle = Idle(.adaptive)
///     while !StopSignal.isRaised {
///         let count = consumer.dequeueBurst(into: &burst)
///         …
///         idle.rest(afterFinding: count)
///     }
public struct Idle: Sendable {
    /// How to rest.
    public enum Strategy: String, CaseIterable, Sendable {
        /// Poll again at once: the lowest latency, and a CPU for itself.
        case spin
        /// Tell the CPU that this is a poll, which its sibling thread and the power bill notice.
        case pause
        /// Let another thread run that waits for the CPU.
        case yield
        /// Sleep for some 50 microseconds.
        case sleep
        /// Pause at first, then yield, then sleep: for CPUs that are shared with others.
        case adaptive
    }

    private let strategy: Strategy
    @usableFromInline var emptyPolls = 0

    /// Makes a loop's memory of how long it has found nothing.
    ///
    /// - Parameter strategy: How to rest.
    public init(_ strategy: Strategy) { self.strategy = strategy }

    /// Rests if the last poll found nothing.
    ///
    /// Costs one comparison if it found something. A sleep ends early when a signal comes.
    ///
    /// - Parameter count: How much the last poll found.
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
