import DPDKMultiProcess
package import Foundation
import Synchronization

/// The names of everything that a run of the tests makes on this machine.
///
/// Each holds the tag of the run, by which `Scripts/test` knows what the run has left behind, the id of the process
/// that made it, since exit tests are processes of their own, and a number.
package enum TestRun {
    /// The tag that `Scripts/test` gives each run.
    package static let tag = ProcessInfo.processInfo.environment["DPDKMP_TEST_RUN"] ?? "p\(getpid())"

    /// Where `Scripts/test` looks for temporary files of the run.
    package static let folder: URL =
        ProcessInfo.processInfo.environment["DPDKMP_TEST_RUN"] == nil
        ? FileManager.default.temporaryDirectory : URL(fileURLWithPath: "/tmp/dpdkmp_\(tag)")

    private static let number = Atomic(0)

    private static func unique(_ separator: String) -> String {
        "\(getpid())\(separator)\(number.add(1, ordering: .relaxed).newValue)"
    }

    /// Another file prefix in each call.
    package static func filePrefix() -> String { "dpdkmp_\(tag)_\(unique("_"))" }

    /// Another name for a network namespace in each call.
    package static func namespace() -> String { "dpdkmp-\(tag)-\(unique("-"))" }

    /// Another name for a network interface in each call, of which the kernel allows 15 bytes.
    package static func interface() -> String { "dt\(unique("_"))" }

    /// A new folder.
    package static func makeFolder() throws -> URL {
        let folder = folder.appendingPathComponent("dpdkmp_\(unique("_"))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The hugepage files of a group.
    package static func hugepageFiles(of filePrefix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/hugepages")) ?? []
        return files.filter { $0.hasPrefix(filePrefix + "map_") }.map { "/dev/hugepages/" + $0 }
    }

    /// What is on the machine of a group: its runtime directory and its hugepage files.
    package static func files(of filePrefix: String) -> [String] {
        let directory = Preflight.runtimeDirectory(filePrefix: filePrefix)
        return (FileManager.default.fileExists(atPath: directory) ? [directory] : []) + hugepageFiles(of: filePrefix)
    }

    /// Removes the files of a group, whose processes may go on all the same.
    package static func removeFiles(of filePrefix: String) {
        for path in files(of: filePrefix) { try? FileManager.default.removeItem(atPath: path) }
    }
}
