import DPDKMultiProcess
import Glibc
import TestSupport
import Testing

@Suite("EAL's own locks, which a killed process leaves taken", .fewAtOnce)
struct EALLockTests {
    @Test func aSecondaryTakesNone() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0")
        for line in [
            "create-ring ticks 63", "create-region gauge 1 2", "create-pool p 255 cache=32", "create-packet-ring r 63",
            "configure-port net_null0 p", "start-port net_null0",
        ] {
            try await primary.ask(line)
        }
        let secondary = try await group.secondary()
        let witness = try await group.secondary()
        let third = try await group.secondary()
        try await primary.ask("c-hold-locks")
        // DPDK's own look-ups wait for ever now.
        try await Task.sleep(for: .milliseconds(200))
        try witness.tell("c-read-zone gauge 0")
        for line in [
            "look-up-ring ticks", "producer ticks", "look-up-region gauge", "write-region gauge 3 4",
            "look-up-pool p", "burst b 32", "allocate p 32 b", "look-up-packet-ring r", "packet-producer r",
            "enqueue-burst r b", "packet-consumer r", "dequeue-burst r b", "clear b", "single p one", "attached",
            "held p",
            "look-up-port net_null0", "receive-queue net_null0 0", "transmit-queue net_null0 0", "link net_null0",
            "statistics net_null0", "drop receive-queue net_null0 0", "drop transmit-queue net_null0 0",
            "drop packet one", "drop burst b", "drop packet-producer r", "drop packet-consumer r",
            "drop producer ticks",
            "shutdown",
        ] {
            try await secondary.ask(line, within: .seconds(5))
        }
        for object in ["ring", "pool", "packet-ring", "region"] {
            #expect(try await third.refusal("look-up-\(object) none", within: .seconds(5)) == .notFound)
        }
        // The caches of its lcore were emptied.
        #expect(try await primary.ask("pool p") == "255 255 0")
        await #expect(throws: ChildFailure.self) { try await witness.answer(within: .milliseconds(100)) }
    }

    /// It takes a second or two, and longer on a busy machine. Without a repair it takes for ever.
    private let limit = Duration.seconds(10)

    /// The memory grows by these commands, and shrinks again.
    private static let growing = ["create-pool big 8191 room=2176", "destroy-pool big"]

    @Test func aKillDuringAStartStopsNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        for _ in 0..<3 {
            let secondary = try await group.secondary()
            try await secondary.ask("c-read-memory")
            let next = try await goOn(in: group, primary, afterKilling: secondary, creating: Self.growing[0])
            try await primary.ask(Self.growing[1])
            try await next.shutdown()
        }
    }

    @Test func aKillInTheHeapStopsNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        for round in 0..<2 {
            let secondary = try await group.secondary()
            try await secondary.ask("c-lock-heap \(group.directory)")
            let region = "create-region gauge\(round) 1 2"
            try await goOn(in: group, primary, afterKilling: secondary, creating: region).shutdown()
        }
    }

    @Test(arguments: [2, 4]) func aKillInTheListOfZonesStopsNobody(word: Int) async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("c-lock-zones \(group.directory) \(word)")
        try await goOn(in: group, primary, afterKilling: secondary, creating: "create-region gauge 1 2").shutdown()
    }

    @Test func aStartThatWaitsForTheDeadStopsNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("c-lock-zones \(group.directory) 2")
        try await secondary.kill()
        let next = try group.idle()
        try next.tell(group.start("secondary"))
        try await Task.sleep(for: .milliseconds(200))
        try await primary.ask("create-region gauge 1 2", within: limit)
        try await next.answer(to: "start")
        try await next.shutdown()
    }

    @Test func oneThatReadsWithTheDeadStopsNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let (dead, living) = (try await group.secondary(), try await group.secondary())
        // Two read: one dies, and the other goes on a moment later.
        try await dead.ask("c-lock-zones \(group.directory) 8")
        try await dead.kill()
        try primary.tell("create-region gauge 1 2")
        try await Task.sleep(for: .milliseconds(200))
        try await living.ask("c-lock-zones \(group.directory) 4")
        try await primary.answer(to: "create-region", within: limit)
    }

    @Test func oneThatDiedWhileItWaitedStopsNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-region gauge 1 2")
        let (dead, living) = (try await group.secondary(), try await group.secondary())
        // The bit of those who wait to write keeps all others from reading.
        try await dead.ask("c-lock-zones \(group.directory) 1")
        try await dead.kill()
        try await living.ask("c-read-zone gauge 0", within: limit)
    }

    @Test func twoOfTheDeadAndAStartStopNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let (reader, writer) = (try await group.secondary(), try await group.secondary())
        let next = try group.idle()
        try await writer.ask("c-lock-zones \(group.directory) 2")
        try next.tell(group.start("secondary"))
        await #expect(throws: ChildFailure.self) { try await next.answer(within: .milliseconds(300)) }
        try await reader.ask("c-read-memory")
        try await reader.kill()
        try await writer.kill()
        try await next.answer(to: "start", within: limit)
        try await primary.ask(Self.growing[0], within: limit)
        try await next.shutdown()
    }

    @Test func aStartThatWaitedInVainMayBeTriedAgain() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let (waiting, next) = (try group.idle(), try group.idle())
        #expect(try await waiting.ask("take-gate \(group.directory)") == "0")
        let refusal = try await next.refusal(group.start("secondary"), within: .seconds(20))
        #expect(refusal == .setUpLockTimeout && refusal.pids == [waiting.pid], "\(refusal.text)")
        try await waiting.kill()
        try await next.ask(group.start("secondary"), within: limit)
        try await next.shutdown()
        try await primary.ask("shutdown")
    }

    @Test func aStoppedProcessKeepsTheListOfZones() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("c-lock-zones \(group.directory) 2")
        try await secondary.stop()
        try primary.tell("create-region gauge 1 2")
        await #expect(throws: ChildFailure.self) { try await primary.answer(within: .seconds(3)) }
        secondary.peer.signal(SIGCONT)
        try await secondary.ask("c-lock-zones \(group.directory) 0")
        try await primary.answer(to: "create-region")
    }

    /// Kills a secondary. Then the primary can create something, and another secondary can start, which is returned.
    private func goOn(
        in group: EALGroup, _ primary: EALGroup.Member, afterKilling secondary: EALGroup.Member, creating line: String
    ) async throws -> EALGroup.Member {
        try await secondary.kill()
        // One is waiting already while the next one attaches.
        try primary.tell(line)
        let next = try group.idle()
        try await next.ask(group.start("secondary"), within: limit)
        try await primary.answer(to: line, within: limit)
        return next
    }

    @Test func aHeapInDisorderIsSaid() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("c-lock-heap \(group.directory) broken")
        try await secondary.kill()
        for _ in 0..<2 {
            #expect(try await primary.refusal("create-region gauge 1 2", within: limit) == .groupDamaged)
        }
        try await primary.ask("shutdown", within: limit)
    }

    @Test func aStoppedProcessKeepsTheHeap() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await secondary.ask("c-lock-heap \(group.directory)")
        try await secondary.stop()
        try primary.tell("create-region gauge 1 2")
        await #expect(throws: ChildFailure.self) { try await primary.answer(within: .seconds(3)) }
        secondary.peer.signal(SIGCONT)
        try await secondary.ask("c-unlock-heap \(group.directory)")
        try await primary.answer(to: "create-region")
    }

    @Test func theLivingKeepTheLock() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        func expectToKeepTheLock(_ member: EALGroup.Member, _ ending: () async throws -> Void) async throws {
            try await member.ask("c-read-memory")
            try primary.tell(Self.growing[0])
            await #expect(throws: ChildFailure.self) { try await primary.answer(within: .seconds(3)) }
            try await ending()
            try await member.ask("c-unread-memory")
            try await primary.answer(to: Self.growing[0])
            try await primary.ask(Self.growing[1])
        }
        // While one starts, it may be the one that has the lock. The primary waits for its end.
        let starting = try group.idle()
        #expect(try await starting.ask("share-start \(group.directory)") == "0")
        let attached = try await group.secondary()
        try await expectToKeepTheLock(attached) { try await starting.kill() }
        try await attached.shutdown()
        // One without the library does not say when it starts.
        try await expectToKeepTheLock(try await group.foreign()) {}
    }

    @Test func aStartThatHasBegunStopsNobody() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0")
        try await primary.ask("create-pool p 255 cache=32")
        let (dead, starting) = (try await group.secondary(), try group.idle())
        #expect(try await starting.ask("share-start \(group.directory)") == "0")
        try await dead.ask("c-read-memory")
        try await dead.kill()
        // They wait for the start, which has not got as far as EAL's locks.
        for line in [Self.growing[0], "configure-port net_null0 p", Self.growing[1]] { try primary.tell(line) }
        await #expect(throws: ChildFailure.self) { try await primary.answer(within: .seconds(1)) }
        let next = try group.idle()
        try next.tell(group.start("secondary"))
        await #expect(throws: ChildFailure.self) { try await next.answer(within: .seconds(1)) }
        try await starting.kill()
        try await next.answer(to: "start", within: limit)
        for line in ["create-pool", "configure-port", "destroy-pool"] {
            try await primary.answer(to: line, within: limit)
        }
        try await next.shutdown()
    }

    @Test func aShutdownAwaitsTheRepair() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0")
        for line in ["create-pool p 255 cache=32", "configure-port net_null0 p"] { try await primary.ask(line) }
        let secondary = try await group.secondary()
        try await secondary.ask("c-read-memory")
        try await secondary.kill()
        try await primary.ask("shutdown", within: limit)
    }

    @Test func anObjectIsFoundThoughItsAddressIsNot() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63")
        let secondary = try await group.secondary()
        for address in ["1", "4711", "\(UInt64.max)", "0"] {
            try await primary.ask("poke \(RegistryTests.zoneOfFirstObject) \(address)")
            try await secondary.ask("look-up-ring ticks")
        }
        #expect(try await secondary.refusal("look-up-ring trades") == .notFound)
    }
}
