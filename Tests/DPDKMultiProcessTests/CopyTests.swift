import CDPDK
import Testing

@testable import DPDKMultiProcess

@Suite("Copies", .serialized)
struct CopyTests {
    /// Multiples of 4 bytes, to and from addresses of every kind, also as CPUs without registers of a cache line copy.
    @Test(arguments: [0, 1, 4, 40, 64], [true, false])
    func eachByteIsCopiedAndNoOther(from start: Int, withLineRegisters wanted: Bool) {
        // Other tests that run at the same time copy right either way.
        let found = unsafe cdpdk_has_line_registers
        defer { unsafe cdpdk_has_line_registers = found }
        unsafe cdpdk_has_line_registers = found && wanted

        let source = (0..<2_048).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) }
        let untouched = [UInt8](repeating: 0xee, count: source.count)
        for size in stride(from: 4, through: 1_024, by: 4) {
            let to = (start + size) % 96
            var destination = untouched
            unsafe destination.withUnsafeMutableBytes { destination in
                unsafe source.withUnsafeBytes { source in
                    unsafe RingCopy.copy(
                        (destination.baseAddress! + to).assumingMemoryBound(to: UInt32.self),
                        (source.baseAddress! + start).assumingMemoryBound(to: UInt32.self), size / 4)
                }
            }
            let expected = untouched[..<to] + source[start..<(start + size)] + untouched[(to + size)...]
            #expect(destination.elementsEqual(expected), "\(size) bytes to \(to)")
        }
    }
}
