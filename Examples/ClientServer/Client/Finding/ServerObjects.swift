import ClientServer
import DPDKMultiProcess
import Glibc
import Synchronization

/// The objects of the server that a client looks up.
struct ServerObjects {
    let table: SharedRegion<PortTable>
    let ring: SharedRing<Packet>
    /// The state, nil if the server is DPDK's own sample.
    let state: SharedRegion<ServerState>?

    /// Looks everything up. The objects of a C program record no types, so this program's word is taken for theirs.
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

    private init(ofCServerFor client: Int, in process: SecondaryProcess) throws {
        table = unsafe try SharedRegion(lookingUpForeign: Name.portTable, in: process)
        state = nil
        ring = unsafe try SharedRing(lookingUpForeign: Name.ring(ofClient: client), in: process)
        // The ports must have been set up before a process attached. The library checks this if the server uses it. A C
        // server creates its rings last: now that they are found, a process that attaches anew can be sure.
        guard unsafe getenv("MP_CLIENT_FOUND") == nil else { return }
        unsafe setenv("MP_CLIENT_FOUND", "1", 1)
        throw ServerSearch.TooEarly()
    }
}
