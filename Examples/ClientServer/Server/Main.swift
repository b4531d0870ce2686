import ClientServer
import DPDKMultiProcess

/// The primary: receives from all ports, and deals the packets to its clients through a ring for each.
@main
enum Main {
    static func main() {
        Program.run(ServerOptions.self) { options, arguments in
            var arguments = try arguments.always(.primary)
            // Memory that grows in the instant of a client's death stops the server for up to five seconds.
            if arguments.memoryMegabytes == nil, arguments.memoryMegabytesPerNode == nil {
                arguments.memoryMegabytes = options.memoryMegabytes
            }
            try PrimaryProcess.run(arguments) { try serve(options, in: $0) }
        }
    }

    private static func serve(_ options: ServerOptions, in primary: PrimaryProcess) throws {
        let shared = try SharedObjects(options, in: primary)
        var forwarder = try Forwarder(options, shared, in: primary)
        let reporter = Reporter(format: options.stats, shared: shared)
        let caretaker = Caretaker(try Attendance(of: shared, in: primary), Respawner(options))
        // Both threads end when the process is asked to stop, and children are started by the second one alone.
        let reporting = try ControlThread(named: "reporter", in: primary, reporter.run)
        let caretaking = try ControlThread(named: "caretaker", in: primary, caretaker.run)
        Program.note("forwarding between \(shared.ports.count) ports for \(options.clients) clients")
        forwarder.run(resting: Idle(options.idle))
        reporting.join()
        caretaking.join()
        let dismissal = Result { try shared.dismissClients() }
        caretaker.end()
        try dismissal.get()
        reporter.show(try Balance(of: shared))
    }
}
