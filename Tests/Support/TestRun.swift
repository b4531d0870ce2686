import DPDKMultiProcess
package import Foundation
import Synchronization

/// Names for everything that a run of the tests makes on this machine.
///
/// Each name has the tag of the run, by which `Scripts/test` finds what the run has left behind; the id of the process
/// that made the name, since each exit test is its own process; and a number.
package enum TestRun {
    /// The tag that `Scripts/test` gives to each run.
    package static let tag = ProcessInfo.processInfo.environment["DPDKMP_TEST_RUN"] ?? "p\(getpid())"

    /// The folder in which `Scripts/test` looks for temporary files of the run.
    package static let folder: URL =
        ProcessInfo.processInfo.environment["DPDKMP_TEST_RUN"] == nil
        ? FileManager.default.temporaryDirectory : URL(fileURLWithPath: "/tmp/dpdkmp_\(tag)")

    private static let number = Atomic(0)

    private static func unique(_ separator: String) -> String {
        "\(getpid())\(separator)\(number.add(1, ordering: .relaxed).newValue)"
    }

    /// A new file prefix in each call.
    package static func filePrefix() -> String { "dpdkmp_\(tag)_\(unique("_"))" }

    /// A new name for a network namespace in each call.
    package static func namespace() -> String { "dpdkmp-\(tag)-\(unique("-"))" }

    /// A new name for a network interface in each call. The kernel allows 15 bytes.
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

    /// The files of a group on this machine: its runtime directory and its hugepage files.
    package static func files(of filePrefix: String) -> [String] {
        let directory = Preflight.runtimeDirectory(filePrefix: filePrefix)
        return (FileManager.default.fileExists(atPath: directory) ? [directory] : []) + hugepageFiles(of: filePrefix)
    }

    /// Removes the files of a group, even if some of its processes still run.
    package static func removeFiles(of filePrefix: String) {
        for path in files(of: filePrefix) { try? FileManager.default.removeItem(atPath: path) }
    }
}
