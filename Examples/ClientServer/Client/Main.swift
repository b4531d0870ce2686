import ClientServer
import DPDKMultiProcess

/// A secondary: takes packets from its ring, and sends each out of the partner of the port that it came from.
@main
enum Main {
    static func main() {
        Program.run(ClientOptions.self) { options, arguments in
            let search = ServerSearch(patience: options.patience)
            try search.run(arguments.always(.secondary)) { try serve(options, in: $0) }
        }
    }

    private static func serve(_ options: ClientOptions, in secondary: SecondaryProcess) throws {
        // Its queues are not taken, so that nothing keeps it from ending.
        if secondary.isGroupEnding { throw ServerSearch.Stopping() }
        let server = try ServerObjects.find(client: options.client, in: secondary)
        let (end, summary) = try forward(for: server, options, in: secondary)
        Program.note("client \(options.client): \(end); \(summary)")
        guard [.serverStops, .serverDied].contains(end) else { return }
        if options.reconnect { throw ServerSearch.NextServer() }
        if end == .serverDied { throw Program.Failure("\(end)") }
    }

    /// Does the work, and lets go of everything before anything is said about it: a successor waits for that.
    private static func forward(
        for server: ServerObjects, _ options: ClientOptions, in secondary: SecondaryProcess
    ) throws -> (Router.End, summary: String) {
        var router =
            options.takeOver
            ? try Router.takingOver(server, options, in: secondary) : try Router(server, options, in: secondary)
        router.announce(as: secondary)
        Program.note("client \(options.client) handles packets")
        let end = router.run(resting: Idle(options.idle), in: secondary)
        switch end {
        case .askedTo, .serverStops: router.finish()
        case .replaced, .serverDied: break  // The loop has flushed everything, or there is nobody to take it.
        }
        return (end, router.summary)
    }
}
