import ArgumentParser
import ClientServer
import DPDKMultiProcess

/// The client's own options, which follow EAL's after `--`.
struct ClientOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mp_client",
        abstract: "Sends the packets that a server deals to it out of the partners of their ports.",
        usage: "mp_client [EAL options] -- -n CLIENT_ID [options]")

    @Option(
        name: [.customShort("n", allowingJoined: true), .customLong("client")], parsing: .unconditional,
        help: "Which client this is, from 0 on.")
    var client: Int

    @Option(help: "How many seconds to wait for the server: 5 unless told, and for ever with --reconnect.")
    var wait: Double?

    @Flag(help: "Take over from the running client of this number, without a lost packet.")
    var takeOver = false

    @Flag(help: "Serve the next server when this one has ended.")
    var reconnect = false

    @Option(help: "How many packets are taken from the ring at a time, 1 to 512.")
    var burst = 32

    @Option(help: "What to do when the ring was empty.")
    var idle: Idle.Strategy = .adaptive

    func validate() throws {
        try check(
            (0..<PortTable.clientLimit).contains(client), "'-n \(client)': choose 0 to \(PortTable.clientLimit - 1).")
        if let wait { try check((0...86_400).contains(wait), "'--wait \(wait)': choose 0 to 86400 seconds.") }
        try check((1...512).contains(burst), "'--burst \(burst)': choose 1 to 512 packets.")
    }

    /// How long to wait for a server; nil for ever.
    var patience: Duration? { wait.map { .seconds($0) } ?? (reconnect ? nil : .seconds(5)) }
}
