import BasicContainers
import DPDKMultiProcess

/// Chooses a client for each packet, among those that are there.
struct Dealer {
    let dispatch: Dispatch
    let clients: Int
    /// Which clients are there.
    private(set) var roll = Roll()
    /// Those that are there, in rising order: the first ``count`` are valid.
    private var present = InlineArray<16, Int>(repeating: 0)
    private(set) var count = 0
    /// The place in ``present`` of the client whose turn it is, from one burst to the next.
    private var turn = 0

    init(dispatch: Dispatch, clients: Int) {
        self.dispatch = dispatch
        self.clients = clients
    }

    /// Deals to these clients from now on.
    mutating func follow(_ roll: Roll) {
        self.roll = roll
        (count, turn) = (0, 0)
        for client in 0..<clients where roll.has(client) {
            present[count] = client
            count += 1
        }
    }

    /// Moves all packets of a burst to the clients' hands, which are empty before; none if no client is there.
    mutating func deal(_ packets: inout PacketBurst, to hands: inout UniqueArray<PacketBurst>) {
        var hands = hands.mutableSpan
        switch dispatch {
        case _ where count < 2: if count == 1 { _ = hands[present[0]].append(from: &packets) }
        case .roundRobin:
            var turn = turn
            _ = packets.scatter(into: &hands) { _ in
                defer { turn = turn &+ 1 == count ? 0 : turn &+ 1 }
                return present[turn]
            }
            self.turn = turn
        case .flow: _ = packets.scatter(into: &hands) { client(of: FlowHash.of($0)) }
        case .rss: _ = packets.scatter(into: &hands) { client(of: $0.rssHash ?? FlowHash.of($0)) }
        }
    }

    /// Maps a hash to a client: to the same one while that is there, whoever else comes and goes, and otherwise to one
    /// of the others. At least one is there.
    func client(of hash: UInt32) -> Int {
        let home = Self.share(hash, of: clients)
        return roll.has(home) ? home : present[Self.share(hash &* 0x9e37_79b1, of: count)]
    }

    /// Maps a hash to `0..<count` without a division, so that each number gets an equal share of the hashes.
    private static func share(_ hash: UInt32, of count: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(truncatingIfNeeded: count)) >> 32)
    }
}
