import BasicContainers
import ClientServer
import DPDKMultiProcess
import Synchronization

/// The server's main loop, with everything that it owns.
struct Forwarder: ~Copyable {
    /// For each port, its receive queues.
    private var inputs: UniqueArray<UniqueArray<ReceiveQueue>>
    private var arrivals: PacketBurst
    private var dealer: Dealer
    /// For each client, the packets that were dealt to it.
    private var hands: UniqueArray<PacketBurst>
    /// For each client, the way to it.
    private var outlets: UniqueArray<Outlet>
    /// For each client, its ring, of which the server has the consuming end only while it empties the ring.
    private let rings: [SharedRing<Packet>]
    private let received: SharedRegion<PortTable>.Counters
    private let state: SharedRegion<ServerState>.Access
}

extension Forwarder {
    init(_ options: ServerOptions, _ shared: SharedObjects, in primary: PrimaryProcess) throws {
        self.init(
            inputs: try UniqueArray(for: shared.ports) { try $0.makeReceiveQueues() },
            arrivals: try PacketBurst(capacity: options.burst, in: primary),
            dealer: Dealer(dispatch: options.dispatch, clients: options.clients),
            hands: try UniqueArray(for: shared.rings) { _ in try PacketBurst(capacity: options.burst, in: primary) },
            outlets: try UniqueArray(for: 0..<options.clients) { try Outlet(to: $0, shared, options) },
            rings: shared.rings, received: try shared.table.makeCounters(at: \.received),
            state: try shared.state.makeAccess())
    }

    /// Forwards until the process is asked to stop.
    mutating func run(resting idle: consuming Idle) {
        while !StopSignal.isRaised {
            let roll = Roll(rawValue: state.value.roll.load(ordering: .acquiring))
            if roll != dealer.roll { follow(roll) }
            var count = 0
            for port in 0..<inputs.count {
                for queue in 0..<inputs[port].count { count &+= forward(from: port, queue) }
            }
            idle.rest(afterFinding: count)
        }
    }

    /// Receives a burst, deals the packets, and sends each client its share.
    ///
    /// - Returns: How many packets were received.
    private mutating func forward(from port: Int, _ queue: Int) -> Int {
        let count = inputs[port][queue].receiveBurst(into: &arrivals)
        guard count > 0 else { return 0 }
        received.add(UInt64(count), at: port)
        deal()
        return count
    }

    /// Sends each client its share of the arrivals, which are dropped if no client is there.
    private mutating func deal() {
        dealer.deal(&arrivals, to: &hands)
        for client in 0..<outlets.count where !hands[client].isEmpty { outlets[client].deliver(&hands[client]) }
        if arrivals.isEmpty { return }
        state.value.undealt.add(UInt64(arrivals.count))
        arrivals.removeAll()
    }

    /// Deals to those who are there now, first of all the packets in the rings of those who are not.
    ///
    /// They are older than all that will be dealt from now on, so each flow keeps its order. While no client is there,
    /// they stay in their rings.
    private mutating func follow(_ roll: Roll) {
        dealer.follow(roll)
        // A process without this library takes no claim: its ring must not be touched.
        if dealer.count == 0 || roll.hasStrangers { return }
        for client in 0..<rings.count where !roll.has(client) && !rings[client].isEmpty {
            // If a client has just taken the ring, the packets are its own.
            guard var consumer = try? rings[client].makeConsumer() else { continue }
            while consumer.dequeueBurst(into: &arrivals) > 0 { deal() }
        }
    }
}
