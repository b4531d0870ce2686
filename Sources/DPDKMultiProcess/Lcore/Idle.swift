internal import Glibc

/// Lets a polling loop rest when it finds nothing.
///
///     var idle = Idle(.adaptive)
///     while !StopSignal.isRaised {
///         let count = consumer.dequeueBurst(into: &burst)
///         …
///         idle.rest(afterFinding: count)
///     }
///
/// Each loop has an `Idle` of its own.
public struct Idle: Sendable {
    /// How to rest.
    public enum Strategy: String, CaseIterable, Sendable {
        /// Poll again at once: the lowest latency, for a CPU that nothing else needs.
        case spin
        /// Execute the CPU's pause instruction, which leaves more of the core to its sibling thread and saves power.
        case pause
        /// Let another thread run if one waits for the CPU.
        case yield
        /// Sleep for 20 microseconds, which take some 70 on Linux.
        case sleep
        /// Pause 199 times, yield 200 times, then sleep until something is found: for a CPU that is shared with others.
        case adaptive
    }

    private let strategy: Strategy
    @usableFromInline var emptyPolls = 0

    /// Creates the state of one loop, which has found nothing so far.
    ///
    /// - Parameter strategy: How to rest.
    public init(_ strategy: Strategy) { self.strategy = strategy }

    /// Rests if the last poll found nothing.
    ///
    /// - Parameter count: How many packets or values the last poll found.
    ///
    /// It costs one comparison if the poll found something. A sleep ends early when a signal comes.
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
    ///
    ///     let tick = consumer.dequeue()
    ///     idle.rest(if: tick == nil)
    ///
    /// - Parameter foundNothing: Whether the poll found none.
    ///
    /// It costs as much as ``rest(afterFinding:)``.
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
