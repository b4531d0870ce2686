import DPDKMultiProcess

/// What stands in each packet: an Ethernet frame to everybody, of a type for experiments.
struct Frame {
    /// Whom the packet belongs to: the primary, or a client that has allocated it.
    enum Origin: UInt32 {
        case primary, client
    }

    var origin: Origin
    /// The number of the client that it was written for or by.
    var client: Int
    /// The packet's number, larger than that of each packet of this origin and client before.
    var sequence: UInt64

    static let length = 64
    static let etherType: UInt16 = 0x88B5

    /// A number that no other packet has, and that is written at both ends.
    fileprivate var check: UInt64 {
        let key = sequence << 3 | UInt64(truncatingIfNeeded: client) << 1 | UInt64(origin.rawValue)
        return (key &+ 1) &* 0x9E37_79B9_7F4A_7C15
    }
}

extension PacketAccess where Self: ~Copyable & ~Escapable {
    /// Makes the packet one of `Frame.length` bytes that is this frame.
    mutating func write(_ frame: Frame) {
        if length > Frame.length { _ = trimEnd(length - Frame.length) }
        if length < Frame.length { _ = append(repeating: 0, count: Frame.length - length) }
        _ = store(UInt64.max, at: 0)
        _ = store(0xFFFF_0200_0000_0000 | UInt64(frame.client + 1), at: 4)
        _ = store(Frame.etherType, at: 12)
        _ = store(UInt16(truncatingIfNeeded: frame.origin.rawValue), at: 14)
        _ = store(frame.check, at: 16)
        _ = store(frame.sequence, at: 24)
        _ = store(UInt32(truncatingIfNeeded: frame.client), at: 32)
        _ = store(frame.check, at: 56)
    }

    /// The frame, or nil if the bytes are not as they were written.
    borrowing func frame() -> Frame? {
        guard let origin = load(at: 14, as: UInt16.self).flatMap({ Frame.Origin(rawValue: UInt32($0)) }),
            let sequence = load(at: 24, as: UInt64.self), let client = load(at: 32, as: UInt32.self)
        else { return nil }
        let frame = Frame(origin: origin, client: Int(client), sequence: sequence)
        return load(at: 16) == frame.check && load(at: 56) == frame.check ? frame : nil
    }
}
