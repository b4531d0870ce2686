import ClientServer
import DPDKMultiProcess
import Synchronization

/// All numbers of one moment, as they are shown and written as JSON.
struct Snapshot: Codable, Equatable {
    struct Port: Codable, Equatable {
        let id: Int
        let name: String
        let address: String
        let rx: UInt64
        let tx: UInt64
        let missed: UInt64
    }

    struct Client: Codable, Equatable {
        let id: Int
        let process: String?
        /// Whether the server deals to the client.
        let isServed: Bool
        let rx: UInt64
        let rxDrop: UInt64
        let tx: UInt64
        let txDrop: UInt64
        let unroutable: UInt64
        let inRing: Int
        let highWater: Int
        let ringCapacity: Int
    }

    /// Seconds since the server began to forward.
    let time: Double
    let ports: [Port]
    let clients: [Client]
}

extension KeyedEncodingContainer {
    /// Writes a text that is missing as null, so that all lines have the same keys: called instead of the standard
    /// library's function of this name, which leaves the key out.
    mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encode(value, forKey: key) }
}

// MARK: - Gathering

extension Snapshot {
    /// Gathers the numbers, which the server and its clients count each in its own place.
    init(of shared: SharedObjects) throws {
        let table = try shared.table.read()
        let state = try shared.state.makeAccess()
        let clients = shared.rings.indices
        let roll = Roll(rawValue: state.value.roll.load(ordering: .relaxed))
        time = (ContinuousClock.now - shared.start) / .seconds(1)
        ports = try shared.ports.enumerated().map { position, port in
            Port(
                id: port.id, name: port.name, address: try port.information().address.description,
                rx: table.received[position], tx: sum(of: clients) { table.sent(client: $0, port: port.id) },
                missed: try port.statistics().missedPackets)
        }
        self.clients = clients.map { id in
            let ring = shared.rings[id]
            return Client(
                id: id, process: ring.consumerHolder?.description, isServed: roll.has(id),
                rx: state.value.delivered[id].value, rxDrop: state.value.dropped[id].value,
                tx: sum(of: shared.ports) { table.sent(client: id, port: $0.id) },
                txDrop: sum(of: shared.ports) { table.dropped(client: id, port: $0.id) },
                unroutable: state.value.unroutable[id].value, inRing: ring.count,
                highWater: Int(clamping: state.value.highWater[id].value), ringCapacity: ring.capacity)
        }
    }
}

/// Adds numbers of many places up. Other processes wrote some of them, so the sum may be anything, and wraps around.
func sum<Places: Sequence>(of places: Places, _ number: (Places.Element) -> UInt64) -> UInt64 {
    places.reduce(0) { $0 &+ number($1) }
}
