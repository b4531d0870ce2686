internal import CDPDK

/// How often an exclusive end of a ring looks how far the other side has come.
///
/// Each look fetches a cache line from the other side's CPU, which then has to fetch it back. An end that is faster
/// than the other side looks after every few elements, and slows both down.
public enum RingPacing: Hashable, Sendable {
    /// At once, whenever it needs to know: an element is seen as soon as it can be.
    case latency
    /// Rarely enough for a batch to build up: more elements a second between two CPUs. An operation on few elements
    /// that has to look may wait for up to a microsecond before, and returns what is there then, if anything.
    case throughput
}

/// When an end looks at the other side's index again.
@usableFromInline
struct Pace {
    /// How many elements a look should bring. 0: it is not paced.
    @usableFromInline let batch: UInt32
    /// How many are so many that there is no time to wait.
    private let enough: UInt32
    /// How long to wait between two looks, in nanoseconds.
    private var delay: UInt64 = 0
    private var next: UInt64 = 0

    private static let longestDelay: UInt64 = 1_000

    init(_ pacing: RingPacing, capacity: UInt32) {
        batch = pacing == .latency ? 0 : max(1, min(64, capacity / 4))
        enough = max(1, capacity / 2)
    }

    /// Whether an operation on `wanted` elements is paced. One that moves a batch by itself is not.
    @inlinable @inline(__always)
    func isPaced(_ wanted: Int) -> Bool { wanted < Int(batch) }

    /// Looks at an index of the other side when it is time, and adapts to how far that is ahead of `position`.
    ///
    /// It returns the pace that results. If it changed it in place, the end that it is a part of would have to be in
    /// memory, and each operation would be a few stores slower.
    @usableFromInline
    func look(at index: UnsafeMutablePointer<UInt32>, from position: UInt32) -> (found: UInt32, pace: Pace) {
        if next > 0 {
            while cdpdk_monotonic_nanoseconds() < next { cdpdk_pause() }
        }
        let found = unsafe cdpdk_load_acquire_32(index)
        let count = found &- position
        var pace = self
        if count >= enough {
            pace.delay = 0
        } else if count < batch {
            pace.delay = min(Self.longestDelay, delay + delay / 2 + 32)
        } else if count > batch * 2 {
            pace.delay /= 2
        }
        pace.next = pace.delay > 0 ? cdpdk_monotonic_nanoseconds() + pace.delay : 0
        return (found, pace)
    }
}
