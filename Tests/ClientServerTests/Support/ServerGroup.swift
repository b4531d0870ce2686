import DPDKMultiProcess
import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

/// A group of one server and its clients with its own file prefix. Nothing of it is left after the test.
final class ServerGroup: Sendable {
    let prefix = TestRun.filePrefix()
    private let programs = Mutex<[(name: String, program: RunningProgram)]>([])

    /// Makes a group without programs. The test must have a place (`.fewAtOnce`).
    init() throws {
        guard let place = FewAtOnce.place else { throw ChildFailure("the suite needs the trait .fewAtOnce") }
        place.atEnd { await self.end() }
    }

    private func end() async {
        let programs = programs.withLock { $0 }
        let servers = programs.filter { $0.name == "mp_server" }.map(\.program)
        let endedInOrder = !servers.isEmpty && servers.allSatisfy(\.endedInOrder)
        for (_, program) in programs { program.signal(SIGKILL) }
        for (_, program) in programs { _ = try? await program.end() }
        // A server that ends in order removes everything.
        if endedInOrder { #expect(TestRun.files(of: prefix) == []) }
        TestRun.removeFiles(of: prefix)
    }

    /// Starts a server and waits until it forwards.
    func server(
        devices: [String] = ["net_null0", "net_null1"], clients: Int, _ options: [String] = ["--stats", "json"],
        output: CInt? = nil
    ) async throws -> RunningProgram {
        let program = try start(
            "mp_server", devices.map { "--vdev=\($0)" } + ["--", "-p", "3", "-n", "\(clients)"] + options,
            output: output)
        try await program.wait(forNote: "forwarding between 2 ports")
        return program
    }

    /// The sockets between the processes of the group: `mp_socket` is the primary's, and those of others have a suffix.
    var sockets: [String] {
        let folder = Preflight.runtimeDirectory(filePrefix: prefix)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasPrefix("mp_socket") }
    }

    /// Starts a client, and does not wait for it.
    func startClient(_ id: Int, _ options: String...) throws -> RunningProgram {
        try start("mp_client", ["--proc-type=auto", "--", "-n", "\(id)"] + options)
    }

    /// Starts a client and waits until it forwards.
    func client(_ id: Int) async throws -> RunningProgram {
        let program = try startClient(id)
        try await program.wait(forNote: "handles packets")
        return program
    }

    /// Starts a program of the group with these arguments and those that name the group.
    func start(_ name: String, _ arguments: [String], output: CInt? = nil) throws -> RunningProgram {
        let program = try RunningProgram(name, ["--no-pci", "--file-prefix=\(prefix)"] + arguments, output: output)
        programs.withLock { $0.append((name, program)) }
        return program
    }
}
