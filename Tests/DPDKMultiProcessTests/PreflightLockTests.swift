import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Checks for locks and nodes before a start", .fewAtOnce)
struct PreflightLockTests {
    /// The folder is in the peer's own mounts, so that no other primary of the machine waits for the lock.
    private func preflight(while command: String) async throws -> String {
        let group = try Group()
        let mount = "mount -t hugetlbfs -o pagesize=2M none /dev/hugepages"
        let peer = try Peer(
            "preflight", ["--role", "primary", "--file-prefix", group.filePrefix],
            under: Peer.privateMounts([
                mount, "setpriv --pdeathsig KILL flock --no-fork /dev/hugepages \(command) & sleep 0.3",
            ]),
            environment: group.environment)
        let (lines, _) = try await peer.finish(within: .seconds(60))
        return try #require(lines.first, "\(peer.errorOutput)")
    }

    @Test func anotherKeepsTheHugepagesLocked() async throws {
        let line = try await preflight(while: "sleep 60 >/dev/null <&1")
        #expect(line.contains("setUpLockTimeout") && line.contains("'/dev/hugepages'"), "\(line)")
        #expect(line.contains("flock (pid ") || line.contains("sleep (pid "), "\(line)")
    }

    @Test func anotherHasTheHugepagesLockedForAMoment() async throws {
        #expect(try await preflight(while: "sleep 1") == "ok primary")
    }

    @Test func memoryIsAskedForOnANodeThatIsNotThere() async throws {
        let nodes = try FileManager.default.contentsOfDirectory(atPath: "/sys/devices/system/node").compactMap { name in
            name.hasPrefix("node") ? Int(name.dropFirst(4)) : nil
        }
        let missing = (nodes.max() ?? 0) + 1
        let list = (Array(repeating: "0", count: missing) + ["64"]).joined(separator: ",")
        let group = try EALGroup()
        let member = try group.idle()
        let refusal = try await member.refusal(group.start("primary", "--socket-mem=\(list)"))
        #expect(refusal == .notEnoughHugepages && refusal.text.contains("NUMA node \(missing)"), "\(refusal.text)")
        // The check failed before EAL was called.
        try await member.ask(group.start("primary", "--socket-mem=8"))
        try await member.shutdown()
    }
}
