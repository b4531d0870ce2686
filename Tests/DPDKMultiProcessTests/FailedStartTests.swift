import CDPDK
import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Starts that fail half-way", .fewAtOnce)
struct FailedStartTests {
    /// Too little address space for EAL's lists of memory, which EAL makes while it holds the lock of the hugepages.
    private let little = ["prlimit", "--as=6000000000"]

    @Test func aFailedPrimaryIsInNoOthersWay() async throws {
        let group = try EALGroup()
        let failed = try group.idle(under: little)
        let refusal = try await failed.refusal(group.start("primary"))
        #expect(!refusal.text.isEmpty)
        #expect(group.files == [])
        // The process lives on.
        let next = try await group.primary()
        try await next.ask("create-ring ticks 7")
        try await next.shutdown()
        #expect(try await failed.refusal(group.start("primary")) == .alreadyStarted)
        #expect(group.files == [])
    }

    @Test func aFailedSecondaryLeavesNothingBehind() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let offset = try #require(MemoryLayout<cdpdk_registry_header>.offset(of: \.library_set))
        try await primary.ask("poke \(CDPDK_REGISTRY_ZONE) \(offset) 8 4711")
        let failed = try group.idle()
        #expect(try await failed.refusal(group.start("secondary", "--lcores=5@0")) == .versionMismatch)
        let left = try FileManager.default.contentsOfDirectory(atPath: group.directory).filter {
            $0.contains("\(failed.pid)")
        }
        #expect(left == [])
        try await primary.kill()
        // The process lives on, but uses no memory of the group any more.
        let next = try await group.primary("--lcores=5@0")
        try await next.shutdown()
        #expect(group.files == [])
    }

    @Test func aSecondaryDoesNotAttachToAPrimaryThatHasJustGone() async throws {
        let group = try EALGroup()
        for round in 0..<10 {
            let primary = try await group.primary()
            let secondary = try group.idle()
            try secondary.tell(group.start("secondary"))
            try await Task.sleep(for: .milliseconds(15 * round))
            try await primary.ask("shutdown")
            let line = try await secondary.peer.line(within: .seconds(20)) ?? "nothing"
            if line == "ok secondary" {
                // The primary has seen the secondary, and has left the group's files in place.
                #expect(group.files.contains(group.directory))
                #expect(try await secondary.ask("attached") == "\(secondary.pid)")
                try await secondary.ask("shutdown")
            } else {
                let early = ["noPrimary", "primaryDead", "primaryDiedWhileStarting"]
                #expect(early.contains(Refusal(line)?.code ?? ""), "\(line)")
            }
        }
    }
}
