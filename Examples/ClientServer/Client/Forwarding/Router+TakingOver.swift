import ClientServer
import DPDKMultiProcess
import Glibc
import Synchronization

extension Router {
    /// How long the running client has to let go.
    private static let patience = Duration.seconds(5)

    /// Asks the running client of this number to let go, and takes its ring and queues as soon as it has.
    ///
    /// That client stops between two bursts and flushes, so all packets that it took have left before this one takes
    /// the next. Those in the ring stay there, and those that come meanwhile join them.
    static func takingOver(
        _ server: ServerObjects, _ options: ClientOptions, in process: SecondaryProcess
    ) throws -> Router {
        guard let state = try server.state?.makeAccess() else {
            throw Program.Failure("'--take-over': the server is DPDK's own, and has no place for the request")
        }
        let me = process.identity.word
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try Router(server, options, in: process)
            } catch let error as DPDKError where error.code == .endpointInUse {
                guard .now < deadline, !StopSignal.isRaised else {
                    _ = state.value.requests[options.client].compareExchange(
                        expected: me, desired: 0, ordering: .relaxed)
                    throw error
                }
                // Each time: whoever gets the ring takes the requests of others back.
                _ = state.value.requests[options.client].compareExchange(
                    expected: 0, desired: me, ordering: .releasing)
                usleep(1_000)
            }
        }
    }
}
