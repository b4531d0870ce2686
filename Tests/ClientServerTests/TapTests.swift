import Glibc
import TestSupport
import Testing

@Suite("Ping through server and client", .fewAtOnce)
struct TapTests {
    @Test(arguments: [1, 2])
    func pingPassesBetweenTwoNamespaces(clients: Int) async throws {
        let group = try ServerGroup()
        let taps = try await Namespaces()
        let server = try await group.server(
            devices: (0..<2).map { "net_tap\($0),iface=\(taps.interface($0))" }, clients: clients)
        var running: [RunningProgram] = []
        for id in 0..<clients { running.append(try await group.client(id)) }
        try await taps.take()
        // The first packets wait for the answers of ARP, and are not what is counted.
        try await taps.ping(1, tries: 20)
        let report = try await taps.ping(20)
        #expect(report.contains("20 packets transmitted, 20 received"), "\(report)")
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for client in running { #expect(try await client.end() == 0) }
        #expect(!server.errorText.contains("does not add up"))
    }
}

/// Two network namespaces, each to have the interface of one tap device. They are gone after the test.
private struct Namespaces {
    private let names = [TestRun.namespace(), TestRun.namespace()]
    private let interfaces = [TestRun.interface(), TestRun.interface()]

    init() async throws {
        guard let place = FewAtOnce.place else { throw ChildFailure("the suite needs the trait .fewAtOnce") }
        for name in names {
            try await run("ip", "netns", "add", name)
            place.atEnd { _ = try? await Child.run(["ip", "netns", "del", name]) }
        }
    }

    func interface(_ side: Int) -> String { interfaces[side] }

    private func address(_ side: Int) -> String { "10.79.0.\(side + 1)" }

    /// Moves the interfaces in, which takes them down, and sets them up anew.
    func take() async throws {
        for side in 0..<2 {
            try await run("ip", "link", "set", interfaces[side], "netns", names[side])
            try await run("ip", "-n", names[side], "addr", "add", address(side) + "/24", "dev", interfaces[side])
            try await run("ip", "-n", names[side], "link", "set", interfaces[side], "up")
        }
    }

    /// Sends echo requests from one side to the other, which must answer one of them, and returns what `ping` says.
    @discardableResult
    func ping(_ count: Int, tries: Int = 1) async throws -> String {
        let words = [
            "ip", "netns", "exec", names[0], "ping", "-q", "-c", "\(count)", "-i", "0.05", "-W", "5", address(1),
        ]
        for _ in 1..<tries { if let report = try? await run(words) { return report } }
        return try await run(words)
    }

    @discardableResult
    private func run(_ words: String...) async throws -> String { try await run(words) }

    private func run(_ words: [String]) async throws -> String {
        let (ending, output) = try await Child.run(words)
        guard ending == .status(0) else { throw ChildFailure("\(words.joined(separator: " ")): \(output)") }
        return output
    }
}
