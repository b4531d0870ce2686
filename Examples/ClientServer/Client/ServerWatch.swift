import ClientServer
import DPDKMultiProcess
import Synchronization

/// Why a client stops.
enum End: Equatable, CustomStringConvertible {
    case askedTo
    case serverStops
    case serverDied

    var description: String {
        switch self {
        case .askedTo: "stopped on request"
        case .serverStops: "the server stops"
        case .serverDied: "the server has ended"
        }
    }
}

/// What a client keeps an eye on: whether its server goes on.
struct ServerWatch: ~Copyable {
    private let process: SecondaryProcess
    private let state: SharedRegion<ServerState>.Access?

    init(_ server: ServerObjects, _ process: SecondaryProcess) throws {
        self.process = process
        state = try server.state?.makeAccess()
    }

    /// Why to leave, or nil while there is no reason to. Costs a few system calls.
    var reasonToLeave: End? {
        if !process.isPrimaryAlive { return .serverDied }
        return isStopping ? .serverStops : nil
    }

    private var isStopping: Bool {
        switch state {
        case .some(let state): state.value.isStopping.load(ordering: .acquiring) != 0
        case .none: false
        }
    }
}
