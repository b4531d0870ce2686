import DPDKMultiProcess

/// A hash that all packets of a flow share, in both directions, so that a connection stays with one client.
///
/// A NIC's own hash does not do this: with the keys that drivers have, the two directions of a connection differ.
enum FlowHash {
    /// Hashes the addresses, protocol and ports of IPv4 and IPv6, the addresses alone of fragments, since later
    /// fragments have no ports, and the two MAC addresses of anything else.
    static func of(_ packet: borrowing PacketView) -> UInt32 {
        var type: UInt16? = packet.load(at: 12)
        var start = 14
        while let tag = type, tag == 0x8100 || tag == 0x88a8, start < 22 {
            type = packet.load(at: start + 2)
            start += 4
        }
        return switch type {
        case 0x0800: ofIPv4(packet, at: start)
        case 0x86dd: ofIPv6(packet, at: start)
        default: ofStation(packet)
        }
    }

    private static func ofIPv4(_ packet: borrowing PacketView, at start: Int) -> UInt32 {
        guard let source: UInt32 = packet.load(at: start + 12), let target: UInt32 = packet.load(at: start + 16),
            let versionAndLength: UInt8 = packet.load(at: start), let fragment: UInt16 = packet.load(at: start + 6),
            let nextProtocol: UInt8 = packet.load(at: start + 9)
        else { return ofStation(packet) }
        let isFragment = fragment & 0x3fff != 0
        let ports = isFragment ? nil : ports(packet, nextProtocol, at: start + Int(versionAndLength & 15) * 4)
        return combine(UInt64(source), UInt64(target), ports, nextProtocol)
    }

    private static func ofIPv6(_ packet: borrowing PacketView, at start: Int) -> UInt32 {
        guard let source1: UInt64 = packet.load(at: start + 8), let source2: UInt64 = packet.load(at: start + 16),
            let target1: UInt64 = packet.load(at: start + 24), let target2: UInt64 = packet.load(at: start + 32),
            let nextProtocol: UInt8 = packet.load(at: start + 6)
        else { return ofStation(packet) }
        // Extension headers, the fragment header among them, are not followed to the ports behind them.
        let ports = ports(packet, nextProtocol, at: start + 40)
        return combine(mix(source1) ^ source2, mix(target1) ^ target2, ports, nextProtocol)
    }

    private static func ofStation(_ packet: borrowing PacketView) -> UInt32 {
        guard let high: UInt64 = packet.load(at: 0), let low: UInt32 = packet.load(at: 8) else { return 0 }
        return combine(high >> 16, (high & 0xffff) << 32 | UInt64(low), nil, 0)
    }

    /// Both ports of TCP, UDP and SCTP.
    private static func ports(_ packet: borrowing PacketView, _ nextProtocol: UInt8, at start: Int) -> UInt32? {
        switch nextProtocol {
        case 6, 17, 132: packet.load(at: start)
        default: nil
        }
    }

    /// Hashes the two ends alike, whichever of them sent.
    private static func combine(_ source: UInt64, _ target: UInt64, _ ports: UInt32?, _ nextProtocol: UInt8) -> UInt32 {
        let ports = ports ?? 0
        let sender = mix(mix(source) &+ UInt64(ports >> 16))
        let receiver = mix(mix(target) &+ UInt64(ports & 0xffff))
        let kind = ports == 0 ? 0 : UInt64(nextProtocol)
        return UInt32(truncatingIfNeeded: mix(sender &+ receiver &+ kind) >> 32)
    }

    /// Spreads every bit over all: the finalizer of MurmurHash3.
    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value ^ value >> 33
        value = value &* 0xff51_afd7_ed55_8ccd
        value ^= value >> 33
        value = value &* 0xc4ce_b9fe_1a85_ec53
        return value ^ value >> 33
    }
}
