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
        // The first packets wait for ARP, so they are not counted.
        try await taps.ping(1, tries: 20)
        let report = try await taps.ping(20)
        #expect(report.contains("20 packets transmitted, 20 received"), "\(report)")
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for client in running { #expect(try await client.end() == 0) }
        #expect(!server.errorText.contains("does not add up"))
    }
}
