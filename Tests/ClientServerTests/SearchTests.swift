import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A client before its server is ready", .serialized, .fewAtOnce)
struct SearchTests {
    /// A server that waits for links, and has created nothing that clients need: nobody connects to its devices.
    private func unreadyServer(_ group: ServerGroup) async throws -> RunningProgram {
        let tag = UUID().uuidString
        let devices = (0..<2).map { "--vdev=net_memif\($0),role=server,socket-abstract=yes,socket=\(tag)\($0)" }
        return try group.start("mp_server", devices + ["--", "-p", "3", "-n", "1", "--link-wait", "60"])
    }

    /// Wherever it is: attached, asleep, or just about to be replaced by a new process.
    @Test(arguments: [700, 800, 900], [SIGINT, SIGTERM])
    func aWaitingClientStopsWhenItIsAskedTo(afterMilliseconds delay: Int, number: CInt) async throws {
        let group = try ServerGroup()
        let server = try await unreadyServer(group)
        let client = try group.startClient(0, "--wait", "60")
        try await Task.sleep(for: .milliseconds(delay))
        let start = ContinuousClock.now
        client.signal(number)
        #expect(try await client.end() == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
    }

    @Test func aClientThatWaitedInVainSaysForWhat() async throws {
        let group = try ServerGroup()
        let server = try await unreadyServer(group)
        let client = try group.startClient(0, "--wait", "1")
        #expect(try await client.end() == 1)
        #expect(client.errorText.contains("MProc_"))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
    }
}
