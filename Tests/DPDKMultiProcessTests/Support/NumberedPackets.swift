import DPDKMultiProcess

/// A pool of small packets.
func numberedPool(_ capacity: Int = 63, cacheSize: Int = 0, in primary: PrimaryProcess) throws -> PacketPool {
    try PacketPool(creating: "numbered", capacity: capacity, dataRoom: 256, cacheSize: cacheSize, in: primary)
}

/// A packet of four bytes: its number.
func numbered(_ number: UInt32, from pool: PacketPool) throws -> Packet {
    var packet = try pool.packet()
    guard packet.append(repeating: 0, count: 4), packet.store(number, at: 0) else { throw Missing(what: "room") }
    return packet
}

/// Adds packets of these numbers at the end.
func fill(_ burst: inout PacketBurst, _ numbers: [UInt32], from pool: PacketPool) throws {
    for number in numbers {
        guard burst.append(try numbered(number, from: pool)) == nil else { throw Missing(what: "room in the burst") }
    }
}

/// The numbers of the packets in a burst, in order.
func numbers(_ burst: inout PacketBurst) -> [UInt32] {
    var numbers: [UInt32] = []
    burst.forEach { packet in numbers.append(packet.load(at: 0) ?? .max) }
    return numbers
}
