import BasicContainers
import ClientServer
import DPDKMultiProcess

/// The server's main loop, with everything that it owns.
struct Forwarder: ~Copyable {
    private var inputs: UniqueArray<Input>
    private var arrivals: PacketBurst
    private var dealer: Dealer
    /// For each client, the way to it.
    private var outlets: UniqueArray<Outlet>

    init(_ options: ServerOptions, _ shared: SharedObjects, in primary: PrimaryProcess) throws {
        let arrivals = try PacketBurst(capacity: options.burst, in: primary)
        let dealer = try Dealer(options, in: primary)
        var inputs = UniqueArray<Input>()
        for (position, port) in shared.ports.enumerated() {
            for queue in 0..<(try port.information().receiveQueueCount) {
                let counters = try shared.table.makeCounters(at: \.received)
                inputs.append(Input(queue: try port.makeReceiveQueue(queue), counters: counters, position: position))
            }
        }
        var outlets = UniqueArray<Outlet>()
        for ring in shared.rings {
            outlets.append(Outlet(try ring.makeProducer(), patienceInMicroseconds: try options.patience()))
        }
        self.arrivals = arrivals
        self.dealer = dealer
        self.inputs = inputs
        self.outlets = outlets
    }

    /// Forwards until the process is asked to stop.
    mutating func run(resting idle: Idle) {
        var idle = idle
        while !StopSignal.isRaised {
            var count = 0
            for index in 0..<inputs.count { count += forward(from: index) }
            idle.rest(afterFinding: count)
        }
    }

    /// Receives a burst, deals it, and sends each client its share; returns how many packets there were.
    @inline(__always)
    private mutating func forward(from index: Int) -> Int {
        let count = inputs[index].receiveBurst(into: &arrivals)
        guard count > 0 else { return 0 }
        dealer.deal(&arrivals)
        for client in 0..<outlets.count { outlets[client].deliver(&dealer.hands[client]) }
        return count
    }

    /// What is counted for each client.
    var traffic: [ClientTraffic] {
        var traffic: [ClientTraffic] = []
        for client in 0..<outlets.count { traffic.append(outlets[client].traffic) }
        return traffic
    }
}

/// A receive queue, and where its packets are counted.
struct Input: ~Copyable {
    var queue: ReceiveQueue
    let counters: SharedRegion<PortTable>.Counters
    let position: Int

    @inline(__always)
    mutating func receiveBurst(into burst: inout PacketBurst) -> Int {
        let count = queue.receiveBurst(into: &burst)
        if count > 0 { counters.add(UInt64(count), at: position) }
        return count
    }
}
