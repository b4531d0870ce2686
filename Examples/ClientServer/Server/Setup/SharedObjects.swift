import ClientServer
import DPDKMultiProcess
import Glibc
import Synchronization

/// The objects that the server creates and its clients look up.
struct SharedObjects {
    let pool: PacketPool
    let ports: [EthPort]
    let rings: [SharedRing<Packet>]
    let table: SharedRegion<PortTable>
    let state: SharedRegion<ServerState>
    /// When everything was created.
    let start: ContinuousClock.Instant
    private let primary: PrimaryProcess

    init(_ options: ServerOptions, in primary: PrimaryProcess) throws {
        self.primary = primary
        let ids = try options.ports.choose(among: EthPort.ids(in: primary))
        let configurations = try ids.map { id in
            try EthPort.Configuration(for: EthPort(lookingUp: id, in: primary), clients: options.clients)
        }
        let cacheSize = 512
        pool = try PacketPool(
            creating: Name.pool,
            capacity: configurations.reduce(0) { $0 + $1.packetCount } + options.clients * options.ringSize
                + (options.clients + 1) * cacheSize,
            cacheSize: cacheSize, in: primary)
        ports = try zip(ids, configurations).map { [pool] in
            try EthPort(configuring: $0, $1, receivingInto: pool, in: primary)
        }
        for port in ports { try port.start(in: primary) }
        try waitForLinks(of: ports, upTo: .seconds(options.linkWait))
        table = try SharedRegion(creating: Name.portTable, initial: PortTable(ports: ids), in: primary)
        rings = try (0..<options.clients).map { client in
            try SharedRing(creating: Name.ring(ofClient: client), capacity: options.ringSize - 1, in: primary)
        }
        state = try SharedRegion(creating: Name.state, initial: ServerState(clientCount: options.clients), in: primary)
        start = .now
    }
}

// MARK: - The end

extension SharedObjects {
    /// Tells the clients that nothing more will come, and waits until those of this library have left.
    func dismissClients() throws {
        try state.makeAccess().value.isStopping.store(1, ordering: .releasing)
        for other in try primary.dismissSecondaries(within: .seconds(3)) {
            Program.note("\(other) has not left in time")
        }
    }

    /// How many packets other processes hold.
    func heldByClients() throws -> Int {
        try pool.packetsHeld().reduce(0) { $0 + ($1.key == primary.identity ? 0 : $1.value) }
    }
}
