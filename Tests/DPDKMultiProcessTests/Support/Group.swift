import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

/// A group of processes with its own runtime directory, which is removed when the value is released.
final class Group: Sendable {
    /// The group's file prefix, which is new in every run.
    let filePrefix = TestRun.filePrefix()
    /// The variables that the peers need in their environment.
    let environment: [String: String]
    private let root: String

    /// Makes the folder, and the group's own directory in it only if `configuration` is given.
    init(configuration: [UInt8]? = nil) throws {
        root = try TestRun.makeFolder().path
        environment = ["RUNTIME_DIRECTORY": root]
        guard let configuration else { return }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(configuration).write(to: URL(fileURLWithPath: self.configuration))
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// The group's runtime directory.
    var directory: String { "\(root)/dpdk/\(filePrefix)" }

    /// The group's configuration file.
    var configuration: String { directory + "/config" }

    /// The head of a configuration file that a primary of some version has completed.
    static func head(magic: UInt32 = Group.magic, version: DPDKVersion = .installed) -> [UInt8] {
        [magic, version.number].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    /// `RTE_MAGIC`, as every version of DPDK has it.
    static let magic: UInt32 = 19_820_526

    /// A process that holds the lock of the group's configuration, like a primary, with this head.
    func startedPrimary(magic: UInt32 = Group.magic, version: DPDKVersion = .installed) async throws -> Peer {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let peer = try Peer(
            "hold-configuration",
            ["--path", configuration, "--magic", "\(magic)", "--version", "\(version.number)"])
        try await peer.expect("locked")
        return peer
    }
}

// MARK: - The checks that precede a start

extension Group {
    /// Another process that runs the checks of a role.
    func checking(
        _ role: String, _ options: [String] = [], under wrapper: [String] = [], variables: [String: String] = [:]
    ) throws -> Peer {
        try Peer(
            "preflight", ["--role", role, "--file-prefix", filePrefix] + options, under: wrapper,
            environment: environment.merging(variables) { $1 })
    }

    /// Runs the checks in another process, and returns the role that it chooses.
    func preflight(_ role: String, _ options: [String] = [], under wrapper: [String] = []) async throws -> String {
        let peer = try checking(role, options, under: wrapper)
        let line = try await peer.line() ?? "nothing"
        guard line.hasPrefix("ok ") else { throw ChildFailure("the checks said \(line)\n\(peer.errorOutput)") }
        return String(line.dropFirst(3))
    }

    /// Runs the checks in another process. They must fail within a second.
    func refusal(
        of role: String, _ options: [String] = [], under wrapper: [String] = [], variables: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Refusal {
        let peer = try checking(role, options, under: wrapper, variables: variables)
        let line = try await peer.line() ?? "nothing"
        guard let refusal = Refusal(line) else { throw ChildFailure("the checks said \(line)\n\(peer.errorOutput)") }
        #expect(refusal.wasQuick, "\(refusal.duration)", sourceLocation: sourceLocation)
        #expect(try await peer.end() == .status(1), sourceLocation: sourceLocation)
        return refusal
    }

    /// A secondary that waits for a primary that is starting.
    func waitingSecondary() async throws -> Peer {
        let peer = try checking("secondary", ["--patience", "9000", "--announce", "yes"])
        try await peer.expect("checking")
        try await Task.sleep(for: .milliseconds(50))
        #expect(peer.isRunning)
        return peer
    }
}
