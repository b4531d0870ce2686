import ClientServer
import DPDKMultiProcess
import Foundation

/// Gathers the statistics, and prints them in the format that was asked for.
struct Report: ~Copyable {
    private let format: StatisticsFormat
    private let shared: SharedObjects
    private let received: SharedRegion<PortTable>.Counters
    private let transmit: SharedRegion<PortTable>.Counters
    private let state: SharedRegion<ServerState>.Access
    private var screen = Screen()

    init(_ format: StatisticsFormat, _ shared: SharedObjects) throws {
        let received = try shared.table.makeCounters(at: \.received)
        let transmit = try shared.table.makeCounters(at: \.transmit)
        let state = try shared.state.makeAccess()
        self.format = format
        self.shared = shared
        self.received = received
        self.transmit = transmit
        self.state = state
    }

    /// Prints what passed so far.
    mutating func show(_ traffic: [ClientTraffic]) {
        guard format != .none, let snapshot = try? snapshot(traffic) else { return }
        if format == .json { printJSON(snapshot) } else { screen.show(snapshot) }
    }

    /// Prints the balance at the end.
    func show(_ balance: Balance) {
        if format == .json { printJSON(["balance": balance]) } else { Program.show("\(balance)") }
        if !balance.addsUp { Program.note("the balance does not add up: \(balance.unaccounted) packets are missing") }
    }

    private func printJSON(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let line = try? encoder.encode(value) else { return }
        Program.show(String(decoding: line, as: UTF8.self))
    }
}

// MARK: - Gathering

extension Report {
    /// The numbers of this moment.
    func snapshot(_ traffic: [ClientTraffic]) throws -> Snapshot {
        var ports: [Snapshot.Port] = []
        for (position, port) in shared.ports.enumerated() {
            let sent = traffic.indices.reduce(0) { $0 + transmit[PortTable.sent(client: $1, port: port.id)] }
            ports.append(
                Snapshot.Port(
                    id: port.id, name: port.name, address: try port.information().address.description,
                    rx: received[position], tx: sent, missed: try port.statistics().missedPackets))
        }
        return Snapshot(ports: ports, clients: traffic.indices.map { client($0, traffic[$0]) })
    }

    private func client(_ id: Int, _ traffic: ClientTraffic) -> Snapshot.Client {
        let ring = shared.rings[id]
        func sum(_ counter: (Int, Int) -> Int) -> UInt64 {
            shared.ports.reduce(0) { $0 + transmit[counter(id, $1.id)] }
        }
        return Snapshot.Client(
            id: id, process: ring.consumerHolder?.description, rx: traffic.delivered, rxDrop: traffic.dropped,
            tx: sum(PortTable.sent), txDrop: sum(PortTable.dropped), unroutable: state.value.unroutable[id].value,
            inRing: ring.count, highWater: traffic.highWater, ringCapacity: ring.capacity)
    }
}
