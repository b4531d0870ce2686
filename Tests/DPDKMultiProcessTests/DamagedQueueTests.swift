import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

/// `net_null` counts as a driver that is not known here, and single queues of it cannot be stopped.
@Suite("Queues whose holder was killed", .fewAtOnce)
struct DamagedQueueTests {
    @Test(arguments: ["transmit", "receive"])
    func packetsOfTheCallComeBackAfterARestart(direction: String) async throws {
        let (group, primary) = try await primary(releases: true)
        try await kill(try await secondary(of: group), direction)
        let next = try await secondary(of: group)
        try await next.ask("\(direction)-queue net_null0 0")
        #expect(try await primary.ask("doubtful p") == "0")
        try await next.shutdown(dropping: "\(direction)-queue net_null0 0", "burst b")
        #expect(try await primary.ask("pool p") == "255 255 0")
    }

    @Test func theQueueWaitsForTheOtherHoldersOfThePort() async throws {
        let (group, primary) = try await primary(releases: true)
        let other = try await secondary(of: group)
        try await other.ask("transmit-queue net_null0 1")
        let waiting = try await secondary(of: group)
        try await kill(try await secondary(of: group), "transmit")
        let refusal = try await waiting.refusal("transmit-queue net_null0 0")
        #expect(refusal == .endpointInUse && refusal.pids == [other.pid])
        #expect(refusal.text.contains("killed") && refusal.text.contains("give up"))
        #expect(try await primary.ask("doubtful p") != "0")
        #expect(try await primary.refusal("stop-port net_null0").pids == [other.pid])
        // The others go on meanwhile.
        try await other.ask("allocate p 8 b")
        #expect(try await other.ask("send net_null0 1 b") == "8 0")
        try await other.ask("drop transmit-queue net_null0 1")
        try await waiting.ask("transmit-queue net_null0 0")
        #expect(try await primary.ask("doubtful p") == "0")
    }

    /// What such a driver does when it stops a queue: it frees the packets that the queue has.
    @Test func aQueueThatCanBeStoppedIsRestartedBesideOthers() async throws {
        let (group, primary) = try await primary(releases: true)
        try await primary.ask("free-at-stop")
        let other = try await secondary(of: group)
        try await other.ask("transmit-queue net_null0 1")
        let victim = try await secondary(of: group)
        try await victim.ask("die-keeping net_null0")
        try await kill(victim, nil)
        let next = try await secondary(of: group)
        try await next.ask("transmit-queue net_null0 0")
        #expect(try await primary.ask("doubtful p") == "0")
        for member in [other, next] { try await member.ask("drop burst b") }
        try await other.shutdown(dropping: "transmit-queue net_null0 1")
        try await next.shutdown(dropping: "transmit-queue net_null0 0")
        #expect(try await primary.ask("pool p") == "255 255 0")
    }

    @Test func packetsStayInDoubtIfTheDriverMayKeepThem() async throws {
        let (group, primary) = try await primary(releases: false)
        try await kill(try await secondary(of: group), "transmit")
        let next = try await secondary(of: group)
        try await next.ask("transmit-queue net_null0 0")
        let doubtful = try #require(Int(try await primary.ask("doubtful p")))
        #expect(doubtful >= 16)
        try await next.shutdown(dropping: "transmit-queue net_null0 0", "burst b")
        #expect(try await primary.ask("pool p") == "255 \(255 - doubtful) \(doubtful)")
    }

    /// A full cache overflows in the call: packets of it may have been taken by others.
    @Test func packetsStayInDoubtIfSomeReachedThePool() async throws {
        let (group, primary) = try await primary(releases: true)
        let victim = try await secondary(of: group)
        for line in [
            "burst c 32", "burst d 16", "allocate p 16 b", "allocate p 32 c", "allocate p 16 d", "clear c", "clear d",
            "die-in transmit net_null0",
        ] {
            try await victim.ask(line)
        }
        try await victim.ask("transmit-queue net_null0 0")
        try victim.tell("send net_null0 0 b")
        _ = try await victim.peer.end()
        let next = try await secondary(of: group)
        try await next.ask("transmit-queue net_null0 0")
        #expect(try await primary.ask("doubtful p") != "0")
    }

    // MARK: - Its processes

    private func primary(releases: Bool) async throws -> (EALGroup, EALGroup.Member) {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0")
        for line in [
            "forget-driver net_null \(releases ? "releases" : "keeps")", "create-pool p 255 cache=32",
            "configure-port net_null0 p queues=2", "start-port net_null0",
        ] {
            try await primary.ask(line)
        }
        return (group, primary)
    }

    private func secondary(of group: EALGroup) async throws -> EALGroup.Member {
        let member = try await group.secondary()
        for line in [
            "forget-driver net_null keeps", "look-up-pool p", "look-up-port net_null0", "burst b 32",
        ] {
            try await member.ask(line)
        }
        return member
    }

    /// Has a process die in the middle of a call on queue 0.
    private func kill(_ member: EALGroup.Member, _ direction: String?) async throws {
        if let direction { try await member.ask("die-in \(direction) net_null0") }
        try await member.ask("\(direction ?? "transmit")-queue net_null0 0")
        if direction == "receive" {
            try member.tell("receive net_null0 0 b 32")
        } else {
            try await member.ask("allocate p 32 b")
            try member.tell("send net_null0 0 b")
        }
        #expect(try await member.peer.end() == .signal(SIGKILL))
    }
}
