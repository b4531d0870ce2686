public import CDPDK

/// Copies between a ring's slots and other memory.
@usableFromInline
enum RingCopy {
    /// Copies `count` slots into a ring from a position on, in one run or two.
    ///
    /// - Parameter prefetch: Fetches lines that an only producer will write soon. By default nothing.
    @inlinable @inline(__always)
    static func copyIn<Slot: BitwiseCopyable>(
        _ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32, _ source: UnsafePointer<Slot>,
        _ count: Int, _ prefetch: RingPrefetch = RingPrefetch()
    ) {
        let index = Int(position & mask)
        if count <= few(Slot.self), MemoryLayout<Slot>.stride <= 16 {
            unsafe slots[index] = source[0]
            if count == 2 { unsafe slots[Int((position &+ 1) & mask)] = source[1] }
            unsafe prefetch.oneOrTwo(slots, mask, at: position)
            return
        }
        if _fastPath(index &+ count &- 1 <= Int(mask)) {
            unsafe prefetch.burst(slots, mask, at: position, count)
            unsafe copy(slots + index, source, count)
        } else {
            let run = Int(mask) &+ 1 &- index
            // Whatever others write to the tail, the second run is no more than the ring has.
            unsafe copyRuns(slots + index, source, run, slots, source + run, min(count &- run, index))
        }
    }

    /// Copies `count` slots out of a ring from a position on, in one run or two.
    @inlinable @inline(__always)
    static func copyOut<Slot: BitwiseCopyable>(
        _ slots: UnsafeMutablePointer<Slot>, _ mask: UInt32, at position: UInt32,
        _ destination: UnsafeMutablePointer<Slot>, _ count: Int
    ) {
        let index = Int(position & mask)
        if count <= few(Slot.self), MemoryLayout<Slot>.stride <= 16 {
            unsafe destination[0] = slots[index]
            if count == 2 { unsafe destination[1] = slots[Int((position &+ 1) & mask)] }
            return
        }
        if _fastPath(index &+ count &- 1 <= Int(mask)) {
            unsafe copy(destination, slots + index, count)
        } else {
            let run = Int(mask) &+ 1 &- index
            // Whatever others write to the tail, the second run is no more than the ring has.
            unsafe copyRuns(destination, slots + index, run, destination + run, slots, min(count &- run, index))
        }
    }

    /// How many slots of up to 16 bytes are copied one by one. With two of 16 bytes, one would be slower: an address is
    /// computed between the comparison with two and the jump, which then needs another comparison.
    @inlinable @inline(__always)
    static func few<Slot>(_: Slot.Type) -> Int { MemoryLayout<Slot>.stride > 8 ? 1 : 2 }

    /// How many of `count` slots from an index on lie before the ring's end.
    ///
    /// The fence keeps this a branch, so that what is done with the slots need not wait for the number.
    @inlinable @inline(__always)
    static func run(from index: Int, _ count: Int, _ mask: UInt32) -> Int {
        if _fastPath(index &+ count &- 1 <= Int(mask)) { return count }
        cdpdk_signal_fence()
        return Int(mask) &+ 1 &- index
    }

    /// Copies two runs of slots.
    @inlinable @inline(__always)
    static func copyRuns<Slot: BitwiseCopyable>(
        _ destination: UnsafeMutablePointer<Slot>, _ source: UnsafePointer<Slot>, _ count: Int,
        _ secondDestination: UnsafeMutablePointer<Slot>, _ secondSource: UnsafePointer<Slot>, _ secondCount: Int
    ) {
        let stride = MemoryLayout<Slot>.stride
        unsafe cdpdk_copy_runs(
            destination, source, count &* stride, secondDestination, secondSource, secondCount &* stride)
    }

    /// Copies `count` slots in place, since a call costs more than four lines.
    @inlinable @inline(__always)
    static func copy<Slot: BitwiseCopyable>(
        _ destination: UnsafeMutablePointer<Slot>, _ source: UnsafePointer<Slot>, _ count: Int
    ) {
        var size = count &* MemoryLayout<Slot>.stride
        var (to, from) = unsafe (UnsafeMutableRawPointer(destination), UnsafeRawPointer(source))
        if _slowPath(size > 64) {
            unsafe copyLines(&to, &from, size)
            size &= 63
            if _fastPath(size == 0) { return }
        }
        unsafe copyShort(to, from, size, of: MemoryLayout<Slot>.stride)
    }

    /// Copies the whole lines of more than 64 bytes, and moves both addresses behind them.
    ///
    /// Lines are copied one after the other. Where another CPU writes or reads the same lines soon, that is faster than
    /// `memcpy`, which begins with some from the end.
    @inlinable @inline(__always)
    static func copyLines(_ to: inout UnsafeMutableRawPointer, _ from: inout UnsafeRawPointer, _ size: Int) {
        if _fastPath(cdpdk_copies_lines()) {
            let end = unsafe from + (size & ~127)
            while unsafe from < end {
                unsafe cdpdk_copy_two_lines(to, from)
                unsafe (to, from) = (to + 128, from + 128)
            }
            if size & 64 != 0 {
                unsafe cdpdk_copy_line(to, from)
                unsafe (to, from) = (to + 64, from + 64)
            }
        } else {
            let end = unsafe from + (size & ~63)
            repeat {
                unsafe move(SIMD8<UInt64>.self, to, from, at: 0)
                unsafe (to, from) = (to + 64, from + 64)
            } while unsafe from < end
        }
    }

    /// Copies up to 64 bytes without a call: slots of `stride` bytes, a multiple of 4.
    ///
    /// The 4 and 8 bytes beyond a multiple of 16 are copied first. The pieces of the rest are the same or disjoint, so
    /// that a reader on the same CPU finds each of them whole in its store buffer.
    @inlinable @inline(__always)
    static func copyShort(
        _ destination: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ size: Int, of stride: Int
    ) {
        var size = size
        if stride & 4 != 0, size & 4 != 0 {
            size &-= 4
            unsafe move(UInt32.self, destination, source, at: size)
        }
        if stride & 12 != 0, size & 8 != 0 {
            size &-= 8
            unsafe move(UInt64.self, destination, source, at: size)
        }
        if size > 32 {
            unsafe move(SIMD4<UInt64>.self, destination, source, at: 0)
            unsafe move(SIMD4<UInt64>.self, destination, source, at: size &- 32)
        } else if size > 0 {
            unsafe move(SIMD2<UInt64>.self, destination, source, at: 0)
            unsafe move(SIMD2<UInt64>.self, destination, source, at: size &- 16)
        }
    }

    @inlinable @inline(__always)
    static func move<Piece: BitwiseCopyable>(
        _ piece: Piece.Type, _ destination: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, at offset: Int
    ) {
        unsafe destination.storeBytes(
            of: source.loadUnaligned(fromByteOffset: offset, as: Piece.self), toByteOffset: offset, as: Piece.self)
    }
}
