import DPDKMultiProcess
import Foundation
import TestSupport

/// A group of processes with a runtime directory of its own, which is removed with the value.
final class Group: Sendable {
    /// The group's file prefix, another one in every run.
    let filePrefix = TestRun.filePrefix()
    /// What the peers' environment has to have.
    let environment: [String: String]
    private let root: String

    /// Makes the folder; the group's own directory in it only where `configuration` is stated.
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

    /// The head of a configuration file that a process of some version completed.
    static func head(magic: UInt32 = Group.magic, version: DPDKVersion = .installed) -> [UInt8] {
        [magic, version.number].flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    /// `RTE_MAGIC`, as every version of DPDK has it.
    static let magic: UInt32 = 19_820_526

    /// A process that has the group's configuration locked as a primary has, with this head.
    func startedPrimary(magic: UInt32 = Group.magic, version: DPDKVersion = .installed) async throws -> Peer {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let peer = try Peer(
            "hold-configuration",
            ["--path", configuration, "--magic", "\(magic)", "--version", "\(version.number)"])
        try await peer.expect("locked")
        return peer
    }
}
