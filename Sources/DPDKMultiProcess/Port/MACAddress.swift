/// The address of an Ethernet port.
///
/// The corresponding C type is `struct rte_ether_addr`.
public struct MACAddress: RingValue, Hashable {
    /// The six bytes, in the order in which they are sent; the two last of the eight are 0.
    private let bytes: SIMD8<UInt8>

    /// Makes an address of its six bytes, in the order in which they are sent (`addr_bytes`).
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8) {
        bytes = SIMD8(a, b, c, d, e, f, 0, 0)
    }

    /// The byte at a position of `0..<6`; traps outside, as an array does (`addr_bytes`).
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < 6, "an address has six bytes")
        return bytes[index]
    }
}

extension MACAddress: CustomStringConvertible {
    /// For instance `02:00:5e:10:00:01`. The corresponding C function is `rte_ether_format_addr`.
    public var description: String {
        (0..<6).map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined(separator: ":")
    }
}
