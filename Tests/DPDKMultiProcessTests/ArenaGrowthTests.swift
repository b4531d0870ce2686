import CDPDK
import DPDKMultiProcess
import Glibc
import TestSupport
import Testing

@Suite("The arena of a secondary, for which the primary reserves the memory", .fewAtOnce)
struct ArenaGrowthTests {
    /// A group with a secondary, in slot 1, whose arena cannot list another burst of `largest`, and a third process.
    private struct Trio {
        let group: EALGroup
        let primary, secondary, witness: EALGroup.Member

        init() async throws {
            group = try EALGroup()
            primary = try await group.primary()
            try await primary.ask("create-pool p 63")
            secondary = try await group.secondary()
            witness = try await group.secondary()
            for line in ["look-up-pool p", "burst hand 8", "allocate p 5 hand"] { try await secondary.ask(line) }
        }

        /// The word in which the secondary asks the primary.
        func request() async throws -> UInt64 {
            UInt64(try await witness.ask("peek \(RegistryTests.arenaRequest(ofSlot: 1))")) ?? 0
        }

        /// Waits until the secondary has asked.
        func awaitRequest() async throws -> UInt64 {
            while true {
                let word = try await request()
                if word != 0 { return word }
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        /// Waits until nobody has a slot.
        func awaitEnd(ofSlot slot: Int) async throws {
            let deadline = ContinuousClock.now + .seconds(5)
            while try await witness.ask("peek \(RegistryTests.state(ofSlot: slot))") != "0" {
                guard ContinuousClock.now < deadline else { throw ChildFailure("slot \(slot) is still taken") }
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        /// Expects that the secondary has lost no packet, and that its arena grows.
        func expectAllIsWell(sourceLocation: SourceLocation = #_sourceLocation) async throws {
            try await secondary.ask(ArenaGrowthTests.largest("late"))
            let held = try await witness.ask("arena 1 0")
            #expect(held == "5", sourceLocation: sourceLocation)
            #expect(try await witness.ask("arena 1 1") == "0", sourceLocation: sourceLocation)
            try await secondary.ask("clear hand")
            #expect(try await primary.ask("pool p") == "63 63 0", sourceLocation: sourceLocation)
        }
    }

    /// A command that makes a burst, of which the first chunk has room for none and each other one for seven.
    private static func largest(_ name: String) -> String { "burst \(name) 8192" }

    @Test func aSecondaryTakesNoLockOfEAL() async throws {
        let trio = try await Trio()
        let victim = try await trio.group.secondary()
        try await trio.primary.ask("watch")
        for _ in 1...3 { try await trio.primary.ask("await-event") }
        try await trio.primary.ask("c-hold-locks")
        // DPDK's own reservations wait for ever now.
        try await Task.sleep(for: .milliseconds(200))
        let refusal = try await trio.secondary.refusal(Self.largest("early"), within: .seconds(5))
        #expect(refusal == .setUpLockTimeout, "\(refusal.text)")
        #expect(refusal.pids == [trio.primary.pid])
        // The primary, which waits for the locks, looks after the others all the same.
        try await victim.kill()
        let event = try await trio.primary.ask("await-event", within: .seconds(5))
        #expect(event.contains("died \(victim.pid)"))
        try await trio.primary.ask("c-release-locks")
        try await trio.expectAllIsWell()
    }

    @Test func aStoppedPrimaryIsNotWaitedForWithoutEnd() async throws {
        let trio = try await Trio()
        try await trio.primary.stop()
        async let refused = trio.secondary.refusal(Self.largest("early"), within: .seconds(5))
        _ = try await trio.awaitRequest()
        // Nobody else waits.
        try await trio.witness.ask("look-up-pool p")
        #expect(try #require(Int(await trio.witness.ask("took"))) < 500)
        let refusal = try await refused
        #expect(refusal == .setUpLockTimeout, "\(refusal.text)")
        #expect(refusal.text.contains("Check whether the primary is stopped"))
        #expect(refusal.duration < .seconds(2), "\(refusal.duration)")
        trio.primary.peer.signal(SIGCONT)
        try await trio.expectAllIsWell()
    }

    @Test func theEndOfThePrimaryEndsTheWait() async throws {
        let trio = try await Trio()
        try await trio.primary.stop()
        async let refused = trio.secondary.refusal(Self.largest("early"), within: .seconds(5))
        _ = try await trio.awaitRequest()
        try await trio.primary.kill()
        #expect(try await refused == .primaryDead)
    }

    @Test func theRequestOfAKilledProcessIsDropped() async throws {
        let trio = try await Trio()
        try await trio.primary.stop()
        try trio.secondary.tell(Self.largest("early"))
        #expect(try await trio.awaitRequest() & 0xff == 1)
        try await trio.secondary.kill()
        trio.primary.peer.signal(SIGCONT)
        try await trio.awaitEnd(ofSlot: 1)
        #expect(try await trio.request() == 0)
        #expect(try await trio.primary.ask("pool p") == "63 63 0")
        // The next process has the same slot.
        let next = try await trio.group.secondary()
        try await next.ask(Self.largest("large"))
        #expect(try await trio.witness.ask("arena 1 1") == "0")
    }

    @Test func aChunkStaysWithItsSlot() async throws {
        let trio = try await Trio()
        for number in 1...8 { try await trio.secondary.ask(Self.largest("\(number)")) }
        try await trio.secondary.kill()
        try await trio.awaitEnd(ofSlot: 1)
        let next = try await trio.group.secondary()
        try await trio.primary.stop()
        for number in 1...14 { try await next.ask(Self.largest("\(number)")) }
        #expect(try await next.refusal(Self.largest("15")) == .setUpLockTimeout)
        trio.primary.peer.signal(SIGCONT)
        try await next.ask(Self.largest("15"))
    }

    @Test func memoryThatIsUsedUpIsSaid() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--socket-limit=64")
        let secondary = try await group.secondary()
        var count = 0
        for byteCount in [1 << 20, 1 << 18] {
            while try await primary.ask("c-zone fill\(count) \(byteCount)") == "0" { count += 1 }
        }
        let refusal = try await secondary.expectRefusal(.outOfMemory, to: Self.largest("early"), remedy: "hugepages")
        #expect(refusal.text.contains("arena"))
        // There is room in the first chunk.
        try await secondary.ask("burst hand 32")
    }

    @Test func manyThreadsGrowItAtOnce() async throws {
        let trio = try await Trio()
        // Eight chunks, and the next 56 bursts have room in them.
        for _ in 1...2 { #expect(try await trio.secondary.ask("bursts-at-once 4 14 8192") == "56") }
        #expect(try await trio.witness.ask("arena 1 8") == "0")
        #expect(try await trio.witness.ask("arena 1 9") == "none")
        #expect(try await trio.secondary.ask("bursts-at-once 4 30 8192") == "105")
    }

    @Test func wrongWordsDoNoHarm() async throws {
        let trio = try await Trio()
        let request = RegistryTests.arenaRequest(ofSlot: 1)
        // Nobody has asked for these.
        let words: [UInt64] = [1, 0x8000_0001, 0x1_8000_0000, 0x1_8000_0002, 0x1_8000_00ff, .max]
        for word in words {
            try await trio.witness.ask("poke \(request) \(word)")
            try await Task.sleep(for: .milliseconds(30))
            #expect(try await trio.request() == word)
        }
        #expect(try await trio.witness.ask("arena 1 1") == "none")
        // Answers that the primary did not give.
        try await trio.primary.stop()
        for (number, code) in [(0, DPDKError.Code.registryCorrupted), (ENOMEM, .outOfMemory)] {
            try await trio.witness.ask("poke \(request) 0")
            async let refused = trio.secondary.refusal(Self.largest("early"), within: .seconds(5))
            let answer = cdpdk_arena_answer(try await trio.awaitRequest(), number)
            try await trio.witness.ask("poke \(request) \(answer)")
            #expect(try await refused == code)
        }
        trio.primary.peer.signal(SIGCONT)
        // Addresses that are no chunk of the slot's: the last one is another slot's.
        let foreign = try await trio.witness.ask("peek \(RegistryTests.arenaChunk(0, ofSlot: 0))")
        for (number, address) in ["1", "4711", "64", "\(UInt64.max)", foreign].enumerated() {
            try await trio.witness.ask("poke \(RegistryTests.arenaChunk(number + 1, ofSlot: 1)) \(address)")
            for burst in 1...7 { try await trio.secondary.ask(Self.largest("\(number).\(burst)")) }
            #expect(try await trio.witness.ask("arena 1 \(number + 1)") == "0")
        }
        try await trio.primary.ask("burst hand 8")
        #expect(try await trio.witness.ask("arena 0 0") == "0")
    }
}
