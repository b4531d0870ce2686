import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A client before its server is ready", .serialized, .fewAtOnce)
struct SearchTests {
    /// Starts a server that has created nothing for its clients yet: it waits for links that nobody connects.
    ///
    /// It is killed at the end: `net_memif` leaves an interrupt handler behind that sometimes crashes EAL's cleanup.
    private func startUnreadyServer(_ group: ServerGroup) async throws {
        let tag = UUID().uuidString
        let devices = (0..<2).map { "--vdev=net_memif\($0),role=server,socket-abstract=yes,socket=\(tag)\($0)" }
        let server = try group.start("mp_server", devices + ["--", "-p", "3", "-n", "1", "--link-wait", "60"])
        try await server.wait(for: "start of EAL") { group.sockets.contains("mp_socket") }
    }

    /// At any moment: the client is attached, asleep, or about to be replaced by a new process.
    @Test(arguments: [0, 50, 110, 170], [SIGINT, SIGTERM])
    func aWaitingClientStopsWhenItIsAskedTo(afterMilliseconds delay: Int, number: CInt) async throws {
        let group = try ServerGroup()
        try await startUnreadyServer(group)
        let client = try group.startClient(0, "--wait", "60")
        try await client.wait(for: "attachment") { group.sockets.count > 1 }
        try await Task.sleep(for: .milliseconds(delay))
        let start = ContinuousClock.now
        client.signal(number)
        #expect(try await client.end() == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func aClientThatWaitedInVainSaysForWhat() async throws {
        let group = try ServerGroup()
        try await startUnreadyServer(group)
        let client = try group.startClient(0, "--wait", "1")
        #expect(try await client.end() == 1)
        #expect(client.errorText.contains("MProc_"))
    }
}
