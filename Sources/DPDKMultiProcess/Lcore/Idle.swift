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
        /// Poll again at once: the lowest latency, for a CPU that nothing else needs.
        case spin
        /// Tell the CPU that this is a poll, which leaves more of the core to its sibling thread and saves power.
        case pause
        /// Let another thread run that waits for the CPU.
        case yield
        /// Sleep for 20 microseconds, which Linux makes some 70.
        case sleep
        /// Pause 199 times, yield 200 times, then sleep until something is found: for a CPU that is shared with others.
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
    /// - Parameter count: What the last poll returned: how many packets or values it found.
    @inlinable @inline(__always)
    public mutating func rest(afterFinding count: Int) {
        if count > 0 {
            emptyPolls = 0
        } else {
            emptyPolls &+= 1
            rest()
        }
    }

    /// Rests if the last poll for a single value or packet found none.
    @inlinable @inline(__always)
    public mutating func rest(if foundNothing: Bool) { rest(afterFinding: foundNothing ? 0 : 1) }

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
