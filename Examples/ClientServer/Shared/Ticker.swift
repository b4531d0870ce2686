internal import Glibc

/// The machine's monotonic clock.
public enum Clock {
    /// Nanoseconds since some moment that all processes of the machine have in common.
    public static var nanoseconds: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Tells a polling loop that some time has passed, without asking the clock in every turn.
public struct Ticker {
    @usableFromInline let interval: UInt64
    @usableFromInline var next: UInt64
    @usableFromInline var turns: UInt32 = 0

    /// Ticks every so many milliseconds, for the first time after as many.
    public init(everyMilliseconds interval: UInt64) {
        self.interval = interval * 1_000_000
        next = Clock.nanoseconds + self.interval
    }

    /// Whether it is time again; to be asked in every turn, of which one in 128 looks at the clock.
    @inlinable @inline(__always)
    public mutating func isDue() -> Bool {
        turns &+= 1
        return turns % 128 == 0 && lookAtTheClock()
    }

    @usableFromInline
    mutating func lookAtTheClock() -> Bool {
        let now = Clock.nanoseconds
        guard now >= next else { return false }
        // After a stall the next tick is a whole interval away, and not the one that was missed.
        next = now - next < interval ? next + interval : now + interval
        return true
    }
}
