import ClientServer
import DPDKMultiProcess
import Synchronization

/// What a client finds of its server.
struct ServerObjects {
    let table: SharedRegion<PortTable>
    let ring: SharedRing<Packet>
    /// The state, nil where the server is DPDK's own sample.
    let state: SharedRegion<ServerState>?

    /// Looks everything up; where a C program made it, on this program's word for what it is.
    static func find(client: Int, in process: SecondaryProcess) throws -> Self {
        do {
            return try Self(ofSwiftServerFor: client, in: process)
        } catch let error as DPDKError where error.code == .wrongKind {
            return try Self(ofCServerFor: client, in: process)
        }
    }

    private init(ofSwiftServerFor client: Int, in process: SecondaryProcess) throws {
        table = try SharedRegion(lookingUp: Name.portTable, in: process)
        let state = try SharedRegion<ServerState>(lookingUp: Name.state, in: process)
        let count = try state.makeAccess().value.clientCount.load(ordering: .relaxed)
        guard client < count else {
            throw Program.Failure("'-n \(client)': the server has \(count) client\(count == 1 ? "" : "s"), from 0 on")
        }
        self.state = state
        ring = try SharedRing(lookingUp: Name.ring(ofClient: client), in: process)
    }

    private init(ofCServerFor client: Int, in process: SecondaryProcess) throws(DPDKError) {
        table = unsafe try SharedRegion(lookingUpForeign: Name.portTable, in: process)
        state = nil
        ring = unsafe try SharedRing(lookingUpForeign: Name.ring(ofClient: client), in: process)
    }
}
