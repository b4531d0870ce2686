/// Copies between a ring's slots and other memory.
@usableFromInline
enum RingCopy {
    /// Copies `count` slots. Up to a cache line is copied in place, since a call of `memcpy` costs more than that copy.
    @inlinable @inline(__always)
    static func copy<Slot: BitwiseCopyable>(
        _ destination: UnsafeMutablePointer<Slot>, _ source: UnsafePointer<Slot>, _ count: Int
    ) {
        let size = count &* MemoryLayout<Slot>.stride
        if _fastPath(size <= 64) {
            unsafe copyShort(UnsafeMutableRawPointer(destination), UnsafeRawPointer(source), size)
        } else {
            unsafe destination.initialize(from: source, count: count)
        }
    }

    /// Copies up to 64 bytes, a multiple of 4, without a call.
    ///
    /// The 4 and 8 bytes beyond a multiple of 16 are copied first. The pieces of the rest are the same or disjoint, so
    /// that a reader on the same CPU finds each of them whole in its store buffer.
    @inlinable @inline(__always)
    static func copyShort(_ destination: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ size: Int) {
        var size = size
        if size & 4 != 0 {
            size &-= 4
            unsafe move(UInt32.self, destination, source, at: size)
        }
        if size & 8 != 0 {
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
