import BasicContainers
import DPDKMultiProcess

/// Chooses a client for each packet.
struct Dealer {
    let dispatch: Dispatch
    let clients: Int
    /// The client whose turn it is, from one burst to the next.
    var turn = 0

    /// Moves all packets of a burst to the clients' hands, which are empty before.
    mutating func deal(_ packets: inout PacketBurst, to hands: inout UniqueArray<PacketBurst>) {
        var hands = hands.mutableSpan
        switch dispatch {
        case _ where clients == 1: _ = hands[0].append(from: &packets)
        case .roundRobin: _ = packets.scatter(into: &hands) { _ in takeTurn() }
        case .flow: _ = packets.scatter(into: &hands) { client(of: FlowHash.of($0)) }
        case .rss: _ = packets.scatter(into: &hands) { client(of: $0.rssHash ?? FlowHash.of($0)) }
        }
    }

    private mutating func takeTurn() -> Int {
        defer { turn = turn &+ 1 == clients ? 0 : turn &+ 1 }
        return turn
    }

    /// Maps a hash to a client without a division, so that each client gets an equal share of the hashes.
    func client(of hash: UInt32) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(truncatingIfNeeded: clients)) >> 32)
    }
}
