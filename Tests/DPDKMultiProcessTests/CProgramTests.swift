import DPDKMultiProcess
import Foundation
import Glibc
import TestSupport
import Testing

/// `Tests/CPrograms/packets.c`, in both roles, in a group with programs that use the library.
@Suite("C programs that are linked in the usual way", .fewAtOnce)
struct CProgramTests {
    @Test func aSecondaryWorksWithAPrimaryInC() async throws {
        let group = try EALGroup()
        let program = try await CProgram(in: group, "primary")
        try await program.wait(for: "ready")
        let secondary = try await group.secondary()
        for line in [
            "look-up-packet-ring out foreign=yes", "look-up-packet-ring in foreign=yes", "packet-consumer out",
            "packet-producer in", "burst hand 32",
        ] {
            try await secondary.ask(line)
        }
        #expect(try await secondary.ask("dequeue-burst out hand") == "20 20")
        #expect(try await secondary.ask("enqueue-burst in hand") == "20 0")
        try await program.wait(for: "received 1390 bytes\n63 are free\n")
        #expect(try await program.end() == .status(0))
        for name in ["packet-consumer out", "packet-producer in", "burst hand"] {
            try await secondary.ask("drop \(name)")
        }
        try await secondary.shutdown()
    }

    /// With `--no-as-needed` the program links every library, and has shared lists that the primary itself never uses.
    @Test(arguments: ["--as-needed", "--no-as-needed"])
    func aSecondaryInCWorksWithAPrimary(linking: String) async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        for line in [
            "create-pool packets 63", "create-packet-ring in 31", "create-packet-ring out 31", "packet-producer in",
            "packet-consumer out", "burst hand 32", "allocate packets 20 hand",
        ] {
            try await primary.ask(line)
        }
        #expect(try await primary.ask("enqueue-burst in hand") == "20 0")
        let program = try await CProgram(in: group, "secondary", linking: linking)
        #expect(try await program.end() == .status(0), "\(program.output)")
        #expect(program.output.contains("received 1200 bytes\n"))
        #expect(try await primary.ask("dequeue-burst out hand") == "20 20")
        try await primary.ask("clear hand")
        #expect(try await primary.ask("pool packets") == "63 63 0")
        for name in ["packet-producer in", "packet-consumer out", "burst hand"] {
            try await primary.ask("drop \(name)")
        }
        try await primary.shutdown()
        #expect(group.files == [])
    }

    @Test func aProgramIsLinkedWithWhatTheLibraryCalls() async throws {
        let (ending, output) = try await Child.run(["readelf", "--dynamic", "--wide", Peer.executable])
        #expect(ending == .status(0))
        let linked = output.split(separator: "\n").filter { $0.contains("(NEEDED)") }.compactMap { line in
            line.firstMatch(of: #/\[librte_(.+)\.so/#).map { String($0.1) }
        }
        // The log has been a library of its own since DPDK 24.03.
        #expect(linked.filter { $0 != "log" }.sorted() == ["eal", "ethdev", "mbuf", "mempool", "ring"])
    }
}

/// The program, built for a test. It runs until it ends or the test ends.
private struct CProgram {
    private let child: Child
    private let log: CInt

    /// - Parameter linking: The linker's option to use in place of `--as-needed`, which `pkg-config` gives.
    init(in group: EALGroup, _ role: String, linking: String = "--as-needed") async throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../CPrograms/packets.c").path
        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let executable = folder.appendingPathComponent("packets").path
        let command = """
            cc -Wall -Werror $(pkg-config --cflags libdpdk) '\(source)' -o '\(executable)' \
            $(pkg-config --libs libdpdk | sed s/--as-needed/\(linking)/)
            """
        let (ending, output) = try await Child.run(["sh", "-c", command])
        guard ending == .status(0) else { throw ChildFailure("the program does not build\n\(output)") }
        log = try Child.unnamedFile()
        child = try Child(
            [executable, "--file-prefix=\(group.filePrefix)", "--no-pci", "--lcores=9@0", "--proc-type=\(role)"],
            standard: [log, log, log])
    }

    var output: String { Child.text(of: log) }

    /// Waits until the program has written a text.
    func wait(for text: String) async throws {
        let deadline = ContinuousClock.now + Peer.patience
        while !output.contains(text) {
            guard child.ending == nil, ContinuousClock.now < deadline else {
                throw ChildFailure("the program did not write '\(text)', but:\n\(output)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func end() async throws -> Child.Ending? { try await child.end(within: Peer.patience) }
}
