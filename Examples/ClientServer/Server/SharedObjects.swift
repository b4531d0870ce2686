import ClientServer
import DPDKMultiProcess
import Synchronization

/// What the server creates, and its clients look up.
struct SharedObjects {
    let pool: PacketPool
    let ports: [EthPort]
    let rings: [SharedRing<Packet>]
    let table: SharedRegion<PortTable>
    let state: SharedRegion<ServerState>
    private let primary: PrimaryProcess

    init(_ options: ServerOptions, in primary: PrimaryProcess) throws {
        self.primary = primary
        let ids = try options.ports.choose(among: EthPort.ids(in: primary))
        let plans = try ids.map { try PortPlan(port: $0, clients: options.clients, in: primary) }
        let packets = plans.reduce(0) { $0 + $1.packets }
        pool = try PacketPool(
            creating: Name.pool,
            capacity: packets + options.clients * options.ringSize + (options.clients + 1) * Self.cacheSize,
            cacheSize: Self.cacheSize, in: primary)
        ports = try plans.map { [pool] plan in
            try EthPort(configuring: plan.id, plan.configuration, receivingInto: pool, in: primary)
        }
        for port in ports { try port.start(in: primary) }
        try waitForLinks(of: ports, upTo: .seconds(options.linkWait))
        table = try SharedRegion(creating: Name.portTable, initial: PortTable(ports: ids), in: primary)
        rings = try (0..<options.clients).map { client in
            try SharedRing(creating: Name.ring(ofClient: client), capacity: options.ringSize - 1, in: primary)
        }
        state = try SharedRegion(
            creating: Name.state, initial: ServerState(clientCount: options.clients), in: primary)
    }

    private static let cacheSize = 512
}

// MARK: - The end

extension SharedObjects {
    /// Tells the clients that nothing more will come, and waits until those of this library have left.
    func dismissClients() throws {
        try state.makeAccess().value.isStopping.store(1, ordering: .releasing)
        let deadline = ContinuousClock.now + .seconds(3)
        while try primary.attachedProcesses().count > 1, ContinuousClock.now < deadline { nap() }
        for other in try primary.attachedProcesses() where other != primary.identity {
            Program.note("\(other) has not left in time")
        }
    }

    /// How many packets other processes have listed as theirs.
    func heldByClients() throws -> Int {
        try pool.packetsHeld().reduce(0) { $0 + ($1.key == primary.identity ? 0 : $1.value) }
    }
}
