import Foundation
import Glibc
import TestSupport
import Testing

@Suite("An output that nobody reads", .fewAtOnce)
struct StalledOutputTests {
    /// A full pipe that nobody reads.
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
        let output = fullPipe()
        defer { withExtendedLifetime(output) {} }
        let server = try await ServerGroup().server(
            clients: 1, output: output.fileHandleForWriting.fileDescriptor)
        // By now the program has had lines to print.
        try await Task.sleep(for: .seconds(1.5))
        let start = ContinuousClock.now
        server.signal(number)
        #expect(try await server.end() == 0)
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(server.errorText.contains("standard output takes nothing"))
    }
}
