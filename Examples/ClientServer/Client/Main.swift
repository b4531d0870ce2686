import ClientServer
import DPDKMultiProcess

/// A secondary: takes packets from its ring, and sends each out of the partner of the port that it came from.
@main
enum Main {
    static func main() {
        Program.run(ClientOptions.self) { options, arguments in
            let search = ServerSearch(patience: .seconds(options.wait))
            try search.run(arguments.always(.secondary)) { try serve(options, in: $0) }
        }
    }

    private static func serve(_ options: ClientOptions, in secondary: SecondaryProcess) throws {
        let server = try ServerObjects.find(client: options.client, in: secondary)
        var router = try Router(server, options, in: secondary)
        Program.note("client \(options.client) handles packets")
        let end = router.run(resting: Idle(options.idle), in: secondary)
        if end != .serverDied { router.finish() }
        Program.note("client \(options.client): \(end.rawValue); \(router.summary)")
        if end == .serverDied { throw Program.Failure("the server has ended without a word") }
    }
}
