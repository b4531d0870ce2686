import BasicContainers
import DPDKMultiProcess

/// Chooses an output for each packet: the partner of the port that it came from, by position in the server's table.
struct Sorter {
    /// For each port id, the position of its partner, or -1 for a port that has none.
    private var partners = InlineArray<32, Int8>(repeating: -1)

    init(ports: [Int]) {
        for (position, id) in ports.enumerated() where partners.indices.contains(id) && position ^ 1 < ports.count {
            partners[id] = Int8(position ^ 1)
        }
    }

    /// Moves the packets to the bursts, which are empty before. Packets from unknown ports stay.
    func sort(_ packets: inout PacketBurst, to bursts: inout UniqueArray<PacketBurst>) {
        var bursts = bursts.mutableSpan
        _ = packets.scatter(into: &bursts) { packet in
            guard let port = packet.port, partners.indices.contains(port) else { return -1 }
            return Int(partners[port])
        }
    }
}
