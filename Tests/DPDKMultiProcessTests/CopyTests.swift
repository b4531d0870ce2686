import CDPDK
import Testing

@Suite("Long copies")
struct CopyTests {
    /// Multiples of 4 bytes, to and from addresses of every kind.
    @Test(arguments: [0, 1, 4, 40, 64])
    func eachByteIsCopiedAndNoOther(from start: Int) {
        let source = (0..<2_048).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) }
        let untouched = [UInt8](repeating: 0xee, count: source.count)
        for size in stride(from: 128, through: 1_024, by: 4) {
            let to = (start + size) % 96
            var destination = untouched
            unsafe destination.withUnsafeMutableBytes { destination in
                unsafe source.withUnsafeBytes { source in
                    unsafe cdpdk_copy_long(destination.baseAddress! + to, source.baseAddress! + start, size)
                }
            }
            let expected = untouched[..<to] + source[start..<(start + size)] + untouched[(to + size)...]
            #expect(destination.elementsEqual(expected), "\(size) bytes to \(to)")
        }
    }
}
