import Foundation
import Glibc
import TestSupport
import Testing

@testable import mp_server

/// `Tests/CPrograms/client.c`, which takes no claim and is no member of the group.
@Suite("A client in C", .serialized, .fewAtOnce)
struct CClientTests {
    private func build() async throws -> String {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../CPrograms/client.c").path
        let folder = try TestRun.makeFolder()
        try #require(FewAtOnce.place).atEnd { try? FileManager.default.removeItem(at: folder) }
        let executable = folder.appendingPathComponent("client").path
        let flags = "$(pkg-config --cflags --libs libdpdk)"
        let (ending, output) = try await Child.run(["sh", "-c", "cc -Wall '\(source)' -o '\(executable)' \(flags)"])
        guard ending == .status(0) else { throw ChildFailure("the program does not build\n\(output)") }
        return executable
    }

    private func start(_ executable: String, in group: ServerGroup) throws -> Child {
        let log = try Child.unnamedFile()
        defer { close(log) }
        // The server polls on the first CPU.
        let cpu = ProcessInfo.processInfo.activeProcessorCount - 1
        return try Child(
            [
                executable, "--no-pci", "--file-prefix=\(group.prefix)", "--lcores=9@\(cpu)", "--proc-type=secondary",
                "--",
                "0",
            ],
            standard: [log, log, log])
    }

    @Test func itIsServedWhileItTakesPackets() async throws {
        let executable = try await build()
        let group = try ServerGroup()
        let server = try await group.server(clients: 3)
        let other = try await group.client(1)
        try await server.wait(forClients: [1])
        for _ in 0..<2 {
            let client = try start(executable, in: group)
            // No process of the library holds ring 2 either, so it gets packets until it is full.
            try await server.wait(forClients: [0, 1])
            let before = try #require(try server.snapshots().last?.clients[0].tx)
            try await server.wait(for: "traffic") {
                (try? server.snapshots().last.map { $0.clients[0].tx > before + 10_000 }) ?? false
            }
            // Its ring is left alone while the process is there.
            client.signal(SIGSTOP)
            try await server.wait(forClients: [1])
            #expect(try server.snapshots().last?.clients[0].inRing == 1023)
            client.signal(SIGCONT)
            try await server.wait(forClients: [0, 1])
            client.signal(SIGTERM)
            #expect(try await client.end(within: .seconds(10)) == .status(0))
            try await server.wait(forClients: [1])
            try await server.wait(for: "empty rings") {
                (try? server.snapshots().last.map { $0.clients[0].inRing + $0.clients[2].inRing == 0 }) ?? false
            }
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        #expect(try await other.end() == 0)
        let balance = try server.balance()
        #expect(balance.addsUp && balance.inUse == 0, "\(balance)")
    }
}
