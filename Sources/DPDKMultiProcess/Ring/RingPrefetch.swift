public import CDPDK

/// Has the CPU fetch lines of a ring that its only producer will soon write.
///
/// The consumer's CPU has read them last, so the producer's stores would wait for them, one line after the other. What
/// is fetched lies some five lines ahead of what is written now.
///
/// A producer that finds the ring empty when it looks fetches nothing until it looks again, which may be a whole ring
/// later: the consumer waits for it, so that there is time, or runs on the same CPU, whose cache has the lines. The
/// branches favour that, since there an instruction more is felt.
@usableFromInline
struct RingPrefetch {
    /// How many elements were in the ring when the producer last looked. With 0, nothing is fetched.
    @usableFromInline var found: UInt32 = 0

    @inlinable @inline(__always)
    init() {}

    /// How many slots begin in a line, or 1.
    @inlinable @inline(__always)
    static func perLine<Slot>(_ slot: Slot.Type) -> UInt32 {
        UInt32(truncatingIfNeeded: max(1, 64 / MemoryLayout<Slot>.stride))
    }

    /// Whether a ring of slots of which many are in a line has more than half of what fits into the first cache of a
    /// usual CPU: what else is used has taken its lines from there when the producer comes round.
    @inlinable @inline(__always)
    static func isLarge<Slot>(_: Slot.Type, _ mask: UInt32) -> Bool {
        perLine(Slot.self) > 1 && Int(mask) >= 16_384 / MemoryLayout<Slot>.stride
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
    func one<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32) {
        let beginsLine = position & (Self.perLine(Slot.self) &- 1) == 0
        if _slowPath(beginsLine), found > 0 || Self.isLarge(Slot.self, mask) {
            unsafe Self.line(slots, mask, at: position)
        }
    }

    /// The same for one slot or two. Four in a line, the branch costs more than it saves.
    @inlinable @inline(__always)
    func oneOrTwo<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32) {
        guard _slowPath(found > 0) else { return }
        let perLine = Self.perLine(Slot.self)
        if perLine <= 4 || position & (perLine &- 1) & ~1 == 0 { unsafe Self.line(slots, mask, at: position) }
    }

    /// Fetches what is ahead of a burst of `count` slots: as many lines as it has, or one for each larger slot. A burst
    /// of more than 4 KB is left to the CPU.
    @inlinable @inline(__always)
    func burst<Slot>(_ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32, _ count: Int) {
        guard _slowPath(found > 0) else { return }
        let stride = MemoryLayout<Slot>.stride
        let perLine = Self.perLine(Slot.self)
        if count &* stride <= 64 { return unsafe Self.line(slots, mask, at: position) }
        if count &* stride > 4_096 { return }
        let end = position &+ UInt32(truncatingIfNeeded: count)
        var next = position
        repeat {
            unsafe Self.line(slots, mask, at: next)
            unsafe Self.line(slots, mask, at: next &+ perLine)
            next &+= 2 &* perLine
        } while Int32(bitPattern: end &- next) > 0
    }
}
