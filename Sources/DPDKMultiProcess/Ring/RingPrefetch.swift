public import CDPDK

/// Has the CPU fetch lines of a ring that its only producer will soon write.
///
/// The consumer's CPU has read them last, so the producer's stores would wait for them, one line after the other. What
/// is fetched lies some five lines ahead of what is written now.
@usableFromInline
enum RingPrefetch {
    /// How many slots begin in a line, or 1.
    @inlinable @inline(__always)
    static func perLine<Slot>(_ slot: Slot.Type) -> UInt32 {
        UInt32(truncatingIfNeeded: max(1, 64 / MemoryLayout<Slot>.stride))
    }

    /// Fetches the line that is ahead of a position.
    @inlinable @inline(__always)
    static func line<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32) {
        let ahead = UInt32(truncatingIfNeeded: max(1, 5 &* 64 / MemoryLayout<Slot>.stride))
        unsafe cdpdk_prefetch_to_write(slots + Int((position &+ ahead) & mask))
    }

    /// Fetches what is ahead of one slot: a line when one has been begun, since fetching the same line for each of its
    /// slots would delay what waits for an answer.
    @inlinable @inline(__always)
    static func one<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32) {
        if position & (perLine(Slot.self) &- 1) == 0 { unsafe line(slots, mask, at: position) }
    }

    /// The same for one slot or two. Four in a line, the branch costs more than it saves.
    @inlinable @inline(__always)
    static func oneOrTwo<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32) {
        let perLine = perLine(Slot.self)
        if perLine <= 4 || position & (perLine &- 1) & ~1 == 0 { unsafe line(slots, mask, at: position) }
    }

    /// Fetches what is ahead of a burst of `count` slots: as many lines as it has, but none for a long one, which is
    /// ahead of itself.
    @inlinable @inline(__always)
    static func burst<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32, _ count: Int) {
        let stride = MemoryLayout<Slot>.stride
        let perLine = perLine(Slot.self)
        if count &* stride <= 64 { return unsafe line(slots, mask, at: position) }
        if count &* stride > 1_024 { return }
        let end = position &+ UInt32(truncatingIfNeeded: count)
        var next = position
        repeat {
            unsafe line(slots, mask, at: next)
            unsafe line(slots, mask, at: next &+ perLine)
            next &+= 2 &* perLine
        } while Int32(bitPattern: end &- next) > 0
    }
}
