import ClientServer
import DPDKMultiProcess

/// The primary: receives from all ports, and deals the packets to its clients through a ring for each.
@main
enum Main {
    static func main() {
        Program.run(ServerOptions.self) { options, arguments in
            let primary = try PrimaryProcess(arguments.withoutAutomaticRole)
            do {
                try serve(options, in: primary)
            } catch {
                try? primary.shutdown()
                throw error
            }
            try primary.shutdown()
        }
    }

    private static func serve(_ options: ServerOptions, in primary: PrimaryProcess) throws {
        let shared = try SharedObjects(options, in: primary)
        var forwarder = try Forwarder(options, shared, in: primary)
        var report = try Report(options.stats, shared)
        Program.note("forwarding between \(shared.ports.count) ports for \(options.clients) clients")
        forwarder.run(resting: Idle(options.idle)) { clients in report.show(clients) }
        try shared.dismissClients()
        let last = try report.snapshot(forwarder.traffic)
        report.show(Balance(last, held: try shared.heldByClients()))
    }
}
