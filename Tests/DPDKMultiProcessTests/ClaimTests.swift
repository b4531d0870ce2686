import DPDKMultiProcess
import Glibc
import TestSupport
import Testing

@Suite("Ends that one process holds at a time", .fewAtOnce)
struct ClaimTests {
    /// A primary with a ring `ticks`, and two secondaries that have looked it up.
    private func members() async throws -> (EALGroup.Member, EALGroup.Member, EALGroup.Member) {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63")
        let first = try await group.secondary()
        let second = try await group.secondary()
        try await first.ask("look-up-ring ticks")
        try await second.ask("look-up-ring ticks")
        return (primary, first, second)
    }

    @Test func anEndIsRefusedWithItsHolderUntilItIsLetGo() async throws {
        let (primary, first, second) = try await members()
        #expect(try await primary.ask("holders ticks") == "0 0")
        try await first.ask("consumer ticks")
        try await second.ask("producer ticks")
        for other in [primary, second] {
            let refusal = try await other.refusal("consumer ticks")
            #expect(refusal == .endpointInUse)
            #expect(refusal.pids == [first.pid])
            #expect(refusal.text.contains("TestPeer (pid \(first.pid))"))
            #expect(refusal.wasQuick)
        }
        // Even one process cannot have an end twice.
        #expect(try await second.refusal("producer ticks").pids == [second.pid])
        #expect(try await primary.ask("holders ticks") == "\(second.pid) \(first.pid)")
        try await first.ask("drop consumer ticks")
        try await second.ask("consumer ticks")
        #expect(try await primary.ask("holders ticks") == "\(second.pid) \(second.pid)")
    }

    @Test(arguments: ["exit 0", "shutdown", "kill"])
    func anEndIsFreeWhenItsHolderIsGone(_ way: String) async throws {
        let (primary, first, second) = try await members()
        try await first.ask("consumer ticks")
        try await primary.ask("producer ticks")
        switch way {
        case "kill": first.peer.kill()
        case "shutdown":
            try await first.ask("drop consumer ticks")
            try await first.ask("shutdown")
        default: try first.tell(way)
        }
        if way != "shutdown" { _ = try await first.peer.end() }
        // The claimant waits until the primary has noticed the death.
        try await second.ask("consumer ticks")
        #expect(try #require(Int(try await second.ask("took"))) <= 1_000)
        #expect(try await primary.ask("holders ticks") == "\(primary.pid) \(second.pid)")
        #expect(try await primary.ask("enqueue ticks 3 from=7") == "3")
        #expect(try await second.ask("dequeue ticks 9") == "7 8 9")
    }

    @Test func whoeverHoldsAnEndItselfIsToldSo() async throws {
        let (primary, first, _) = try await members()
        for member in [primary, first] {
            try await member.ask("producer ticks")
            let refusal = try await member.refusal("producer ticks")
            #expect(refusal == .endpointInUse && refusal.pids == [member.pid])
            #expect(refusal.text.contains("this process already holds it"))
            #expect(!refusal.text.contains("end that process"))
            try await member.ask("drop producer ticks")
        }
    }

    @Test func aStoppedHolderKeepsItsEnd() async throws {
        let (primary, first, second) = try await members()
        try await first.ask("consumer ticks")
        try await first.stop()
        // Meanwhile the primary frees the end of a third process, which is dead.
        let third = try await primary.group.secondary()
        try await third.ask("look-up-ring ticks")
        try await third.ask("producer ticks")
        try await third.kill()
        try await second.ask("producer ticks")
        try await second.ask("drop producer ticks")
        let refusal = try await second.refusal("consumer ticks")
        #expect(refusal == .endpointInUse)
        #expect(refusal.pids == [first.pid])
        first.peer.signal(SIGCONT)
        try await primary.ask("producer ticks")
        #expect(try await primary.ask("enqueue ticks 1 from=7") == "1")
        #expect(try await first.ask("dequeue ticks 9") == "7")
    }

    @Test func aChildOfAKilledHolderKeepsNothing() async throws {
        let (primary, first, second) = try await members()
        try await first.ask("consumer ticks")
        let child = try #require(pid_t(try await first.ask("fork")))
        kill(first.pid, SIGKILL)
        _ = try await first.peer.end()
        #expect(kill(child, 0) == 0)
        try await second.ask("consumer ticks")
        #expect(try await primary.ask("attached").split(separator: " ").count == 2)
        #expect(kill(child, 0) == 0)
    }

    @Test func nobodyElseFreesWhatTheDeadHeld() async throws {
        let (primary, first, second) = try await members()
        try await first.ask("consumer ticks")
        try await primary.stop()
        try await first.kill()
        let refusal = try await second.refusal("consumer ticks")
        #expect(refusal == .endpointInUse)
        #expect(refusal.text.contains("primary"))
        #expect(refusal.wasQuick)
        primary.peer.signal(SIGCONT)
        try await second.ask("consumer ticks")
    }

    @Test func whereThePrimaryIsAnotherProgramTheNextClaimantFrees() async throws {
        let group = try EALGroup()
        let foreign = try await group.foreign("primary")
        #expect(try await foreign.ask("c-ring ticks 8 63") == "0")
        let first = try await group.secondary()
        let second = try await group.secondary()
        for member in [first, second] { try await member.ask("look-up-ring ticks foreign=yes") }
        try await first.ask("consumer ticks")
        #expect(try await second.refusal("consumer ticks").pids == [first.pid])
        try await first.kill()
        try await second.ask("consumer ticks")
        let third = try await group.secondary()
        #expect(
            try await third.ask("attached") == [second.pid, third.pid].sorted().map(String.init).joined(separator: " "))
    }

    @Test func ofTwoThatClaimAtTheSameMomentOneGetsTheEnd() async throws {
        let (primary, first, second) = try await members()
        try await primary.ask("create-meeting start")
        for member in [first, second] { try await member.ask("look-up-meeting start") }
        for member in [first, second] { try member.tell("race start ticks 1000") }
        let wins = [
            Int(try await first.answer(to: "race", within: .seconds(90))),
            Int(try await second.answer(to: "race", within: .seconds(90))),
        ]
        #expect(wins.reduce(0) { $0 + ($1 ?? 0) } == 1000)
        #expect(try await primary.ask("holders ticks") == "0 0")
    }

    @Test func thingsInUseAreNotDestroyed() async throws {
        let (primary, first, second) = try await members()
        let handles = try await primary.refusal("destroy-ring ticks")
        #expect(handles == .inUse)
        #expect(Set(handles.pids) == [first.pid, second.pid])
        try await second.ask("drop ring ticks")
        try await first.ask("consumer ticks")
        try await first.ask("drop ring ticks")
        let end = try await primary.refusal("destroy-ring ticks")
        #expect(end == .inUse)
        #expect(end.pids == [first.pid])
        try await first.kill()
        try await primary.ask("destroy-ring ticks")
        #expect(try await primary.refusal("producer ticks") == .destroyed)
        #expect(try await primary.refusal("destroy-ring ticks") == .destroyed)
        #expect(try await primary.ask("ring ticks") == "63 0 0")
        #expect(try await second.refusal("look-up-ring ticks") == .notFound)
        // The name is free again, and handles to the old ring do not reach the new one.
        try await primary.ask("create-ring ticks 7")
        try await second.ask("look-up-ring ticks")
        try await second.ask("producer ticks")
        #expect(try await second.ask("enqueue ticks 9") == "7")
    }
}
