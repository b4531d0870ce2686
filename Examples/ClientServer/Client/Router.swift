import BasicContainers
import ClientServer
import DPDKMultiProcess

/// The client's main loop, with everything that it owns.
struct Router: ~Copyable {
    private var consumer: SharedRing<Packet>.Consumer
    private var arrivals: PacketBurst
    private var sorter: Sorter
    /// For each port, the way out.
    private var outputs: UniqueArray<Output>
    private let state: SharedRegion<ServerState>.Access?
    private let client: Int
    private var taken: UInt64 = 0
    private var unroutable: UInt64 = 0

    init(_ server: ServerObjects, _ options: ClientOptions, in process: SecondaryProcess) throws {
        let consumer = try server.ring.makeConsumer()
        let arrivals = try PacketBurst(capacity: options.burst, in: process)
        let ports = try server.table.read().ports
        let sorter = try Sorter(ports: ports, burst: options.burst, in: process)
        var outputs = UniqueArray<Output>()
        for port in ports { outputs.append(try Output(port: port, server, client: options.client, in: process)) }
        state = try server.state?.makeAccess()
        client = options.client
        self.consumer = consumer
        self.arrivals = arrivals
        self.sorter = sorter
        self.outputs = outputs
    }

    /// Forwards until there is a reason to leave, and returns that.
    mutating func run(resting idle: Idle, watching server: borrowing ServerWatch) -> End {
        var idle = idle
        var ticker = Ticker(everyMilliseconds: 100)
        var turns = 0
        while !StopSignal.isRaised {
            let count = forward()
            turns &+= 1
            // A busy port may keep the ring from ever being empty; the few packets for a quiet one are not to wait for
            // 32 to be together.
            if count == 0 || turns % 64 == 0 { flush() }
            idle.rest(afterFinding: count)
            if ticker.isDue(), let reason = server.reasonToLeave { return reason }
        }
        return .askedTo
    }

    /// Sends what is in the ring now, and everything that is gathered.
    mutating func finish() {
        var left = consumer.count
        while left > 0 {
            let count = forward()
            if count == 0 { break }
            left -= count
        }
        flush()
    }

    /// Takes a burst from the ring, sorts it by port, and sends it; returns how many packets there were.
    @inline(__always)
    private mutating func forward() -> Int {
        let count = consumer.dequeueBurst(into: &arrivals)
        guard count > 0 else { return 0 }
        taken &+= UInt64(count)
        sorter.sort(&arrivals)
        for port in 0..<outputs.count { outputs[port].send(&sorter.bursts[port]) }
        if !arrivals.isEmpty { dropUnroutable() }
        return count
    }

    /// Drops what came from a port that is not in the server's table, which no honest server hands out.
    @inline(never)
    private mutating func dropUnroutable() {
        unroutable &+= UInt64(arrivals.count)
        tellUnroutable(arrivals.count)
        arrivals.removeAll()
    }

    private func tellUnroutable(_ count: Int) {
        switch state {
        case .some(let state): state.value.unroutable[client].add(UInt64(count))
        case .none: break
        }
    }

    private mutating func flush() {
        for port in 0..<outputs.count { outputs[port].flush() }
    }

    /// What became of the packets, in one sentence.
    var summary: String {
        var sent: UInt64 = 0
        var notTaken: UInt64 = 0
        for port in 0..<outputs.count {
            sent += outputs[port].sent
            notTaken += outputs[port].dropped
        }
        let rest = Int64(taken) - Int64(sent + notTaken + unroutable)
        return "took \(taken) = sent \(sent) + dropped \(notTaken + unroutable)"
            + " (\(notTaken) not taken by a port, \(unroutable) from an unknown port)"
            + (rest == 0 ? "" : " + \(rest) whenFull")
    }
}
