import ClientServer
import DPDKMultiProcess

/// The primary: receives from all ports, and deals the packets to its clients through a ring for each.
@main
enum Main {
    static func main() {
        Program.run(ServerOptions.self) { options, arguments in
            let reporter = Reporter(options.stats)
            try PrimaryProcess.run(arguments.always(.primary)) { try serve(options, in: $0, reporter) }
        }
    }

    private static func serve(_ options: ServerOptions, in primary: PrimaryProcess, _ reporter: Reporter) throws {
        let shared = try SharedObjects(options, in: primary)
        var forwarder = try Forwarder(options, shared, in: primary)
        let statistics = Statistics(shared, forwarder.traffic)
        reporter.show(statistics)
        Program.note("forwarding between \(shared.ports.count) ports for \(options.clients) clients")
        forwarder.run(resting: Idle(options.idle))
        try shared.dismissClients()
        reporter.finish(try statistics.balance())
    }
}
