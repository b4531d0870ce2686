import Foundation
import Glibc
import TestSupport
import Testing

@Suite("An output that takes nothing", .fewAtOnce)
struct StalledOutputTests {
    /// A pipe that is full, and that nobody reads.
    private func fullPipe() -> Pipe {
        let pipe = Pipe()
        let end = pipe.fileHandleForWriting.fileDescriptor
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
        let bytes = [UInt8](repeating: 10, count: 4096)
        while unsafe write(end, bytes, bytes.count) > 0 {}
        _ = fcntl(end, F_SETFL, 0)
        return pipe
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func theServerStopsAllTheSame(number: CInt) async throws {
        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let errors = folder.appendingPathComponent("errors")
        try Data().write(to: errors)
        let prefix = TestRun.filePrefix()
        defer { TestRun.removeFiles(of: prefix) }
        let output = fullPipe()
        let server = Process()
        server.executableURL = URL(fileURLWithPath: Child.program("mp_server"))
        server.arguments =
            ["--no-pci", "--file-prefix=\(prefix)", "--vdev=net_null0", "--vdev=net_null1"]
            + ["--", "-p", "3", "-n", "1", "--stats", "json"]
        server.standardInput = FileHandle.nullDevice
        server.standardOutput = output.fileHandleForWriting
        server.standardError = try FileHandle(forWritingTo: errors)
        try server.run()
        defer { if server.isRunning { kill(server.processIdentifier, SIGKILL) } }
        let text = { String(decoding: (try? Data(contentsOf: errors)) ?? Data(), as: UTF8.self) }
        try await waitUntil { text().contains("forwarding between") }
        // By now there was something to print.
        try await Task.sleep(for: .seconds(1.5))
        kill(server.processIdentifier, number)
        try await waitUntil { !server.isRunning }
        #expect(server.terminationReason == .exit)
        #expect(server.terminationStatus == 0)
        #expect(text().contains("standard output takes nothing"))
    }

    private func waitUntil(_ isSo: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while !isSo() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
