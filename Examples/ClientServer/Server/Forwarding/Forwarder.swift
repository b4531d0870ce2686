import BasicContainers
import ClientServer
import DPDKMultiProcess

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
    private let received: SharedRegion<PortTable>.Counters
}

extension Forwarder {
    init(_ options: ServerOptions, _ shared: SharedObjects, in primary: PrimaryProcess) throws {
        self.init(
            inputs: try UniqueArray(for: shared.ports) { try $0.makeReceiveQueues() },
            arrivals: try PacketBurst(capacity: options.burst, in: primary),
            dealer: Dealer(dispatch: options.dispatch, clients: options.clients),
            hands: try UniqueArray(for: shared.rings) { _ in try PacketBurst(capacity: options.burst, in: primary) },
            outlets: try UniqueArray(for: 0..<options.clients) { try Outlet(to: $0, shared, options) },
            received: try shared.table.makeCounters(at: \.received))
    }

    /// Forwards until the process is asked to stop.
    mutating func run(resting idle: consuming Idle) {
        while !StopSignal.isRaised {
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
        dealer.deal(&arrivals, to: &hands)
        for client in 0..<outlets.count where !hands[client].isEmpty { outlets[client].deliver(&hands[client]) }
        return count
    }
}
