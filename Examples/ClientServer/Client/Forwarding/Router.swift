import BasicContainers
import ClientServer
import DPDKMultiProcess
import Synchronization

/// The client's main loop, with everything that it owns.
struct Router: ~Copyable {
    /// Why it stops.
    enum End: Equatable {
        case askedTo
        case serverStops
        case serverDied
        case replaced(by: ProcessIdentity)
    }

    private var consumer: SharedRing<Packet>.Consumer
    private var arrivals: PacketBurst
    private let sorter: Sorter
    /// For each port, the packets that are to leave by it.
    private var departures: UniqueArray<PacketBurst>
    /// For each port, the way out.
    private var outputs: UniqueArray<Output>
    private let state: SharedRegion<ServerState>.Access?
    private let client: Int
    private var taken: UInt64 = 0
    private var unroutable: UInt64 = 0
}

extension Router.End: CustomStringConvertible {
    var description: String {
        switch self {
        case .askedTo: "stopped on request"
        case .serverStops: "the server stops"
        case .serverDied: "the server has ended without a word"
        case .replaced(let successor): "\(successor) takes over"
        }
    }
}

extension Router {
    init(_ server: ServerObjects, _ options: ClientOptions, in process: SecondaryProcess) throws {
        let ports = try server.table.read().ports
        self.init(
            consumer: try server.ring.makeConsumer(),
            arrivals: try PacketBurst(capacity: options.burst, in: process),
            sorter: Sorter(ports: ports),
            departures: try UniqueArray(for: ports) { _ in try PacketBurst(capacity: options.burst, in: process) },
            outputs: try UniqueArray(for: ports) { try Output(port: $0, server, options.client, in: process) },
            state: try server.state?.makeAccess(), client: options.client)
    }

    /// Forwards until there is a reason to leave.
    mutating func run(resting idle: consuming Idle, in process: SecondaryProcess) -> End {
        var turns: UInt32 = 0
        while !StopSignal.isRaised {
            let count = forward()
            turns &+= 1
            // A busy port may keep the ring from ever being empty. The few packets for a quiet port must not wait then
            // until 32 are together.
            if count == 0 || turns % 64 == 0 {
                flush()
                if serverStops { return .serverStops }
                if let successor = successor(in: process) { return .replaced(by: successor) }
            }
            if !process.isPrimaryAlive { return .serverDied }
            idle.rest(afterFinding: count)
        }
        return .askedTo
    }

    /// The live process that asks for the ring and the queues, if any.
    private func successor(in process: SecondaryProcess) -> ProcessIdentity? {
        switch state {
        case .some(let state):
            let word = state.value.requests[client].load(ordering: .acquiring)
            return word == 0 ? nil : try? process.processes().first { $0.word == word }
        case .none: return nil
        }
    }

    /// Tells everybody that this process is the client now. A request for the ring has been for its predecessor.
    func announce(as process: SecondaryProcess) {
        switch state {
        case .some(let state):
            state.value.serving[client].store(process.identity.word, ordering: .releasing)
            state.value.requests[client].store(0, ordering: .releasing)
        case .none: break
        }
    }

    /// Empties the ring, and sends everything that is gathered.
    mutating func finish() {
        // A server that goes on does not stop filling the ring: no more bursts than there are packets now.
        for _ in 0..<consumer.count {
            if forward() == 0 { break }
        }
        flush()
    }

    /// Takes a burst from the ring, and sends each packet out of the partner of its port.
    ///
    /// - Returns: How many packets were taken.
    private mutating func forward() -> Int {
        let count = consumer.dequeueBurst(into: &arrivals)
        guard count > 0 else { return 0 }
        taken &+= UInt64(count)
        sorter.sort(&arrivals, to: &departures)
        for port in 0..<outputs.count { outputs[port].send(&departures[port]) }
        if !arrivals.isEmpty { dropUnroutable() }
        return count
    }

    private mutating func flush() {
        for port in 0..<outputs.count { outputs[port].flush() }
    }

    /// Drops packets from ports that are not in the server's table. No honest server hands them out.
    private mutating func dropUnroutable() {
        unroutable &+= UInt64(arrivals.count)
        switch state {
        case .some(let state): state.value.unroutable[client].add(UInt64(arrivals.count))
        case .none: break
        }
        arrivals.removeAll()
    }

    private var serverStops: Bool {
        switch state {
        case .some(let state): state.value.isStopping.load(ordering: .acquiring) != 0
        case .none: false
        }
    }

    /// Says in one sentence what became of the packets.
    var summary: String {
        var (sent, notTaken): (UInt64, UInt64) = (0, 0)
        for port in 0..<outputs.count {
            sent += outputs[port].sent
            notTaken += outputs[port].dropped
        }
        let rest = Int64(taken) - Int64(sent + notTaken + unroutable)
        return "took \(taken) = sent \(sent) + dropped \(notTaken + unroutable)"
            + " (\(notTaken) not taken by a port, \(unroutable) from an unknown port)"
            + (rest == 0 ? "" : " + \(rest) still held")
    }
}
