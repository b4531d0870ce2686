import ClientServer
import DPDKMultiProcess

/// A secondary: takes packets from its ring, and sends each out of the partner of the port that it came from.
@main
enum Main {
    static func main() {
        Program.run(ClientOptions.self) { options, arguments in
            let search = ServerSearch(patience: .seconds(options.wait))
            guard let secondary = try search.attach(arguments.always(.secondary)) else { return }
            let isServed = try serve(options, in: secondary, search)
            try secondary.shutdown()
            if !isServed { try search.startAnew() }
        }
    }

    /// Forwards until the end; false where the server was not ready when this process attached.
    private static func serve(
        _ options: ClientOptions, in secondary: SecondaryProcess, _ search: ServerSearch
    ) throws -> Bool {
        guard
            let server = try search.lookUp({ try ServerObjects.find(client: options.client, in: secondary) }),
            search.trusts(server),
            var router = try search.lookUp({ try Router(server, options, in: secondary) })
        else { return false }
        Program.note("client \(options.client) handles packets")
        let end = router.run(resting: Idle(options.idle), watching: try ServerWatch(server, secondary))
        if end != .serverDied { router.finish() }
        Program.note("client \(options.client): \(end.description); \(router.summary)")
        if end == .serverDied { throw Program.Failure("the server has ended without a word") }
        return true
    }
}
