import BasicContainers
import ClientServer
import DPDKMultiProcess

/// Chooses a client for each packet.
struct Dealer: ~Copyable {
    /// For each client, the packets that were dealt to it.
    var hands = UniqueArray<PacketBurst>()
    private let dispatch: Dispatch
    /// Whose turn it is, from one burst to the next.
    private var turn = 0

    init(_ options: ServerOptions, in primary: PrimaryProcess) throws {
        dispatch = options.dispatch
        for _ in 0..<options.clients { hands.append(try PacketBurst(capacity: options.burst, in: primary)) }
    }

    /// Moves all packets of a burst to the clients' hands, which are empty before.
    @inline(__always)
    mutating func deal(_ packets: inout PacketBurst) {
        let clients = hands.count
        switch dispatch {
        case _ where clients == 1:
            _ = hands[0].append(from: &packets)
        case .roundRobin:
            var turn = turn
            move(&packets) { _ in
                let chosen = turn
                turn = turn &+ 1 == clients ? 0 : turn &+ 1
                return chosen
            }
            self.turn = turn
        case .flow:
            move(&packets) { Self.client(of: FlowHash.of($0), among: clients) }
        case .rss:
            move(&packets) { Self.client(of: $0.rssHash ?? FlowHash.of($0), among: clients) }
        }
    }

    @inline(__always)
    private mutating func move(_ packets: inout PacketBurst, by choose: (inout PacketView) -> Int) {
        var hands = hands.mutableSpan
        _ = packets.scatter(into: &hands, by: choose)
    }

    /// Maps a hash to a client of `0..<clients` without a division, so that each gets an equal share of the hashes.
    @inline(__always)
    static func client(of hash: UInt32, among clients: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(hash) &* UInt64(truncatingIfNeeded: clients)) >> 32)
    }
}
