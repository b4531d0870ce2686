import ClientServer
import DPDKMultiProcess

/// Gathers the numbers, which the server and its clients count each in its own place.
struct Statistics: Sendable {
    let shared: SharedObjects
    /// For each client, what the server counts.
    let traffic: [ClientTraffic]
    private let start = Clock.nanoseconds

    init(_ shared: SharedObjects, _ traffic: [ClientTraffic]) {
        self.shared = shared
        self.traffic = traffic
    }

    /// The numbers of this moment.
    func snapshot() throws -> Snapshot {
        let time = Double(Clock.nanoseconds - start) / 1e9
        let table = try shared.table.read()
        let ports = try shared.ports.enumerated().map { position, port in
            Snapshot.Port(
                id: port.id, name: port.name, address: try port.information().address.description,
                rx: table.received[position],
                tx: sum(of: shared.rings.indices) { table.sent(client: $0, port: port.id) },
                missed: try port.statistics().missedPackets)
        }
        let state = try shared.state.makeAccess()
        let clients = shared.rings.indices.map { client($0, table, unroutable: state.value.unroutable[$0].value) }
        return Snapshot(time: time, ports: ports, clients: clients)
    }

    private func client(_ id: Int, _ table: PortTable, unroutable: UInt64) -> Snapshot.Client {
        let (ring, traffic) = (shared.rings[id], traffic[id])
        return Snapshot.Client(
            id: id, process: ring.consumerHolder?.description, rx: traffic.delivered.value,
            rxDrop: traffic.dropped.value, tx: sum(of: shared.ports) { table.sent(client: id, port: $0.id) },
            txDrop: sum(of: shared.ports) { table.dropped(client: id, port: $0.id) }, unroutable: unroutable,
            inRing: ring.count, highWater: traffic.highWater, ringCapacity: ring.capacity)
    }

    /// Where all packets went, once nothing moves any more.
    func balance() throws -> Balance { Balance(try snapshot(), held: try shared.heldByClients()) }
}
