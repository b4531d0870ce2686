import Foundation

/// A group of one server and its clients, with a file prefix and a folder of its own, which are gone with the value.
final class ServerGroup {
    private let prefix = "cs" + UUID().uuidString.prefix(8).lowercased()
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("group-\(prefix)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/dev/hugepages")) ?? []
        where name.hasPrefix(prefix) {
            try? FileManager.default.removeItem(atPath: "/dev/hugepages/\(name)")
        }
    }

    /// Starts a server and waits until it forwards.
    func server(
        devices: [String] = ["net_null0", "net_null1"], clients: Int, _ options: [String] = ["--stats", "json"]
    ) async throws -> RunningProgram {
        let program = try start(
            "mp_server", devices.map { "--vdev=\($0)" } + ["--", "-p", "3", "-n", "\(clients)"] + options)
        try await program.wait(forNote: "forwarding between 2 ports")
        return program
    }

    /// Starts a client and waits for nothing.
    func startClient(_ id: Int, _ options: String...) throws -> RunningProgram {
        try start("mp_client", ["--proc-type=auto", "--", "-n", "\(id)"] + options)
    }

    /// Starts a client and waits until it forwards.
    func client(_ id: Int) async throws -> RunningProgram {
        let program = try startClient(id)
        try await program.wait(forNote: "handles packets")
        return program
    }

    /// Starts a program of the group with these arguments beside those that name the group.
    func start(_ name: String, _ arguments: [String]) throws -> RunningProgram {
        try RunningProgram(
            name, ["--no-pci", "--file-prefix=\(prefix)"] + arguments, environment: ["RUNTIME_DIRECTORY": folder.path],
            in: folder, of: self)
    }
}
