import Foundation
import Glibc
import Testing

@Suite("Ping through server and client", .serialized)
struct TapTests {
    @Test(arguments: [1, 2])
    func pingPassesBetweenTwoNamespaces(clients: Int) async throws {
        let group = try ServerGroup()
        let taps = try Namespaces()
        let server = try await group.server(
            devices: (0..<2).map { "net_tap\($0),iface=\(taps.interface($0))" }, clients: clients)
        var running: [RunningProgram] = []
        for id in 0..<clients { running.append(try await group.client(id)) }
        try taps.take()
        try taps.run("ip", "netns", "exec", taps.name(0), "ping", "-c", "5", "-i", "0.2", "-W", "2", taps.address(1))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for client in running { #expect(try await client.end() == 0) }
        #expect(!server.errorText.contains("does not add up"))
    }
}

/// Two network namespaces, each to have the interface of one tap device. They are gone with the value.
private final class Namespaces {
    private let tag = UUID().uuidString.prefix(6).lowercased()

    init() throws { for side in 0..<2 { try run("ip", "netns", "add", name(side)) } }

    deinit { for side in 0..<2 { try? run("ip", "netns", "del", name(side)) } }

    func name(_ side: Int) -> String { "cs\(tag)\(side)" }
    func interface(_ side: Int) -> String { "cs\(tag)\(side)" }
    func address(_ side: Int) -> String { "10.79.0.\(side + 1)" }

    /// Moves the interfaces in, which takes them down, and sets them up anew.
    func take() throws {
        for side in 0..<2 {
            try run("ip", "link", "set", interface(side), "netns", name(side))
            try run("ip", "-n", name(side), "addr", "add", address(side) + "/24", "dev", interface(side))
            try run("ip", "-n", name(side), "link", "set", interface(side), "up")
        }
    }

    func run(_ words: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: words.joined(separator: " ")) }
    }

    struct Failed: Error, CustomStringConvertible { let description: String }
}
