import ArgumentParser
import ClientServer
import DPDKMultiProcess

/// The server's own options, which follow EAL's after `--`.
struct ServerOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mp_server",
        abstract: "Receives packets from ports and deals them to client processes.",
        usage: "mp_server [EAL options] -- -p PORTMASK -n CLIENTS [options]")

    @Option(
        name: [.customShort("p", allowingJoined: true), .customLong("ports")],
        help: "The ports to use, as a hexadecimal mask of ids.")
    var ports: PortMask

    @Option(
        name: [.customShort("n", allowingJoined: true), .long], parsing: .unconditional,
        help: "How many clients to deal to, 1 to 16.")
    var clients: Int

    @Option(help: "How packets are dealt: one by one in turn, or by a hash of their flow.")
    var dispatch: Dispatch = .roundRobin

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "What happens to packets for which a ring has no room: dropped at once, or after a wait for room.",
            valueName: "drop|wait microseconds"))
    var whenFull = ["drop"]

    @Option(help: "The size of each client's ring, a power of two; one less is usable.")
    var ringSize = 1024

    @Option(help: "How many packets are received at a time, 1 to 512.")
    var burst = 32

    @Option(help: "What to do when nothing was received.")
    var idle: Idle.Strategy = .adaptive

    @Option(help: "What to print each second.")
    var stats: StatisticsFormat = .screen

    @Option(help: "How many seconds to wait for the ports' links to be up.")
    var linkWait = 9.0

    @Option(
        help: ArgumentHelp(
            "A command that runs a client, kept running for each; /bin/sh runs it, with MP_CLIENT set.",
            valueName: "command"))
    var respawn: String?

    func validate() throws {
        try check(
            (1...PortTable.clientLimit).contains(clients),
            "'-n \(clients)': choose 1 to \(PortTable.clientLimit) clients.")
        try check(
            (2...1 << 20).contains(ringSize) && ringSize.nonzeroBitCount == 1,
            "'--ring-size \(ringSize)': choose a power of two from 2 to \(1 << 20).")
        try check((1...512).contains(burst), "'--burst \(burst)': choose 1 to 512 packets.")
        try check((0...3600).contains(linkWait), "'--link-wait \(linkWait)': choose 0 to 3600 seconds.")
        try check(
            respawn?.contains { !$0.isWhitespace } ?? true,
            "'--respawn': name a command, for instance 'mp_client --no-pci -- -n $MP_CLIENT'.")
        _ = try patience()
    }

    /// How many microseconds to wait for room in a full ring.
    func patience() throws -> Int {
        if whenFull == ["drop"] { return 0 }
        let microseconds = whenFull.count == 2 && whenFull[0] == "wait" ? Int(whenFull[1]) ?? 0 : 0
        try check(
            (1...100_000).contains(microseconds),
            "'--when-full \(whenFull.joined(separator: " "))': write 'drop', or 'wait' and 1 to 100000 microseconds.")
        return microseconds
    }
}

/// How the server chooses the client for a packet.
enum Dispatch: String, ExpressibleByArgument, CaseIterable {
    /// One client after the other, packet by packet.
    case roundRobin = "round-robin"
    /// Both directions of a flow to the same client, so that its packets keep their order.
    case flow
    /// As `flow`, but by the NIC's hash if it made one, which is less work. The two directions of a flow
    /// may then go to different clients.
    case rss
}

/// How the server shows its statistics.
enum StatisticsFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people: a table each second.
    case screen
    /// For machines: a line of JSON each second.
    case json
    /// Not at all, but for the balance at the end.
    case none
}
