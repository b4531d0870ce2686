import ClientServer
import DPDKMultiProcess

/// The primary: receives from all ports, and deals the packets to its clients through a ring for each.
@main
enum Main {
    static func main() {
        Program.run(ServerOptions.self) { options, arguments in
            try PrimaryProcess.run(arguments.always(.primary)) { try serve(options, in: $0) }
        }
    }

    private static func serve(_ options: ServerOptions, in primary: PrimaryProcess) throws {
        let shared = try SharedObjects(options, in: primary)
        var forwarder = try Forwarder(options, shared, in: primary)
        let reporter = Reporter(format: options.stats, shared: shared)
        // Nothing throws from here to the join: the thread ends when the process is asked to stop.
        let thread = try ControlThread(named: "reporter", in: primary, reporter.run)
        Program.note("forwarding between \(shared.ports.count) ports for \(options.clients) clients")
        forwarder.run(resting: Idle(options.idle))
        thread.join()
        try shared.dismissClients()
        reporter.show(try Balance(of: shared))
    }
}
