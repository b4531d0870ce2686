/// The address of an Ethernet port.
///
///     packet.load(at: 6, as: MACAddress.self) == MACAddress("02:00:5e:10:00:01")
///
/// The corresponding C type is `struct rte_ether_addr`.
public struct MACAddress: SharedValue, BitwiseCopyable, Hashable {
    /// The six bytes in transmission order; the last two of the eight are 0.
    @usableFromInline let bytes: SIMD8<UInt8>

    /// Creates an address from its six bytes, in transmission order (`addr_bytes`).
    @inlinable
    public init(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8) {
        bytes = SIMD8(a, b, c, d, e, f, 0, 0)
    }

    /// The byte at a position in `0..<6` (`addr_bytes`). Another position traps, as with an array.
    @inlinable
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < 6, "an address has six bytes")
        return bytes[index]
    }
}

extension MACAddress: LosslessStringConvertible {
    /// Reads an address of six hexadecimal numbers with colons or hyphens between them.
    ///
    /// - Parameter description: For instance `02:00:5e:10:00:01`; anything that is no address gives nil.
    ///
    /// The corresponding C function is `rte_ether_unformat_addr`.
    public init?(_ description: String) {
        let parts = description.split(
            separator: description.contains("-") ? "-" : ":", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in
            part.count <= 2 && part.allSatisfy(\.isHexDigit) ? UInt8(part, radix: 16) : nil
        }
        guard parts.count == 6, bytes.count == 6 else { return nil }
        self.init(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5])
    }

    /// For instance `02:00:5e:10:00:01`. The corresponding C function is `rte_ether_format_addr`.
    public var description: String {
        (0..<6).map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined(separator: ":")
    }
}

extension PacketAccess where Self: ~Copyable, Self: ~Escapable {
    /// Reads an address at an offset in bytes: in an Ethernet frame, 0 is the destination and 6 the source.
    ///
    /// The address may also lie in later segments.
    ///
    /// - Parameters:
    ///   - offset: The offset at which the address begins.
    ///   - type: Selects this overload among those for numbers.
    /// - Returns: The address, or nil if the packet is too short.
    ///
    /// There is no single corresponding C function; `rte_pktmbuf_read` reads the bytes.
    @inlinable
    public borrowing func load(at offset: Int, as type: MACAddress.Type = MACAddress.self) -> MACAddress? {
        guard let head = load(at: offset, as: UInt32.self), let tail = load(at: offset &+ 4, as: UInt16.self)
        else { return nil }
        return MACAddress(
            UInt8(truncatingIfNeeded: head >> 24), UInt8(truncatingIfNeeded: head >> 16),
            UInt8(truncatingIfNeeded: head >> 8), UInt8(truncatingIfNeeded: head),
            UInt8(truncatingIfNeeded: tail >> 8), UInt8(truncatingIfNeeded: tail))
    }

    /// Writes an address at an offset in bytes.
    ///
    /// - Parameters:
    ///   - address: The address.
    ///   - offset: The offset at which the address begins.
    /// - Returns: Whether the address lies wholly in the first segment; nothing is written if not.
    ///
    /// The corresponding C function is `rte_ether_addr_copy`.
    @inlinable
    public mutating func store(_ address: MACAddress, at offset: Int) -> Bool {
        guard offset >= 0, firstLength &- offset >= 6 else { return false }
        for index in 0..<6 {
            unsafe start.storeBytes(of: address.bytes[index], toByteOffset: offset &+ index, as: UInt8.self)
        }
        return true
    }
}
