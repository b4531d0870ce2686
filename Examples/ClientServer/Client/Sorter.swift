import BasicContainers
import ClientServer
import DPDKMultiProcess

/// Chooses an output for each packet: the partner of the port that it came from, by position in the server's table.
struct Sorter: ~Copyable {
    /// For each port, the packets that are to leave by it.
    var bursts = UniqueArray<PacketBurst>()
    /// For each port id, the position of its partner, or -1 for a port that has none.
    private var partners = InlineArray<32, Int8>(repeating: -1)

    init(ports: [Int], burst: Int, in process: SecondaryProcess) throws {
        for (position, id) in ports.enumerated() where partners.indices.contains(id) {
            let partner = position ^ 1
            if partner < ports.count { partners[id] = Int8(partner) }
        }
        for _ in ports { bursts.append(try PacketBurst(capacity: burst, in: process)) }
    }

    /// Moves the packets to the bursts, which are empty before. Those of unknown ports stay.
    @inline(__always)
    mutating func sort(_ packets: inout PacketBurst) {
        let partners = partners
        var bursts = bursts.mutableSpan
        _ = packets.scatter(into: &bursts) { packet in
            guard let port = packet.port, partners.indices.contains(port) else { return -1 }
            return Int(partners[port])
        }
    }
}
