import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Rings and regions between processes", .fewAtOnce)
struct RingPeerTests {
    @Test func millionsOfValuesArriveInOrder() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 1000")
        let secondary = try await group.secondary()
        try await secondary.ask("look-up-ring ticks")
        try await secondary.ask("consumer ticks")
        try await primary.ask("producer ticks")
        let count = 2_000_000
        try primary.tell("pump ticks \(count)")
        try secondary.tell("drain ticks \(count)")
        try await primary.answer(to: "pump", within: .seconds(90))
        #expect(try await secondary.answer(to: "drain", within: .seconds(90)) == "\(count)")
        #expect(try await primary.ask("ring ticks") == "1000 0 1000")
    }

    @Test func anotherLayoutIsRefusedWithBoth() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63 type=tick")
        let secondary = try await group.secondary()
        for way in ["", " foreign=yes"] {
            let refusal = try await secondary.refusal("look-up-ring ticks type=old-tick" + way)
            #expect(refusal == .layoutMismatch)
            #expect(refusal.text.contains("price: f64") && refusal.text.contains("price: f32"), "\(refusal.text)")
            #expect(try await secondary.refusal("look-up-ring ticks" + way) == .layoutMismatch)
        }
        try await secondary.ask("look-up-ring ticks type=tick")
    }

    @Test func ringsOfCProcessesAreLookedUpAsForeign() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        #expect(try await primary.ask("c-ring ticks 8 100") == "0")
        #expect(try await primary.ask("c-ring small 4 128") == "0")
        let refusal = try await secondary.refusal("look-up-ring ticks")
        #expect(refusal == .wrongKind)
        #expect(refusal.text.contains("lookingUpForeign"))
        // A ring whose slots are too small.
        #expect(try await secondary.refusal("look-up-ring small type=tick foreign=yes") == .layoutMismatch)
        for member in [primary, secondary] { try await member.ask("look-up-ring ticks foreign=yes") }
        // It is still foreign, although it is in the registry now.
        #expect(try await primary.refusal("look-up-ring ticks") == .wrongKind)
        #expect(try await primary.refusal("create-ring ticks 7") == .nameTaken)
        #expect(try await primary.refusal("create-ring small 7") == .nameTaken)
        try await primary.ask("producer ticks")
        try await secondary.ask("consumer ticks")
        #expect(try await primary.ask("enqueue ticks 200") == "100")
        #expect(try await secondary.ask("dequeue ticks 3") == "0 1 2")
    }

    @Test func aNewHolderGoesOnWhereAKilledOneStopped() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63")
        for (first, heads) in [(0, 0), (10, 5), (20, 31)] {
            let producing = try await group.secondary()
            let consuming = try await group.secondary()
            for member in [producing, consuming] { try await member.ask("look-up-ring ticks") }
            try await producing.ask("producer ticks")
            try await consuming.ask("consumer ticks")
            // The killed processes have left the heads moved, as a process does that is killed inside a C function.
            #expect(try await producing.ask("enqueue ticks 10 from=\(first)") == "10")
            let expected = (first..<first + 4).map(String.init).joined(separator: " ")
            #expect(try await consuming.ask("dequeue ticks 4") == expected)
            try await producing.kill()
            try await consuming.kill()
            try await primary.ask("move-heads ticks \(heads)")
            #expect(try await primary.ask("ring ticks") == "63 6 57")
            let next = try await group.secondary()
            try await next.ask("look-up-ring ticks")
            try await next.ask("producer ticks")
            try await next.ask("consumer ticks")
            #expect(try await next.ask("head-distances ticks") == "0 0")
            #expect(try await next.ask("enqueue ticks 1 from=100") == "1")
            let rest = (first + 4..<first + 10).map(String.init).joined(separator: " ") + " 100"
            #expect(try await next.ask("dequeue ticks 50") == rest)
            try await next.kill()
        }
    }

    @Test func othersGoOnAfterAKillInTheMiddleOfAnOperation() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63 producers=head-tail consumers=head-tail")
        let other = try await group.secondary()
        try await other.ask("look-up-ring ticks")
        for end in ["producer", "consumer"] { try await other.ask("shared-\(end) ticks") }
        #expect(try await other.ask("shared-enqueue ticks 9") == "9")
        for end in ["producer", "consumer"] {
            let victim = try await group.secondary()
            try await victim.ask("look-up-ring ticks")
            try await victim.ask("shared-\(end) ticks")
            #expect(try await victim.ask("shared-begin ticks 4 side=\(end)s") == "4")
            // As long as it lives, it keeps the others from that side for half a second at a time.
            let operation = end == "producer" ? "shared-enqueue ticks 2" : "shared-dequeue ticks 2"
            let (nothing, two) = end == "producer" ? ("0", "2") : ("", "0 1")
            #expect(try await other.ask(operation) == nothing)
            try await victim.kill()
            // The primary sees the death 20 ms later, and on a busy machine later than the operation waits.
            var moved = nothing
            let deadline = ContinuousClock.now + .seconds(10)
            while moved == nothing, ContinuousClock.now < deadline { moved = try await other.ask(operation) }
            #expect(moved == two)
        }
        #expect(try await other.ask("shared-dequeue ticks 50") == "2 3 4 5 6 7 8 0 1")
        #expect(try await primary.ask("ring ticks") == "63 0 63")
    }

    /// A secondary that has a shared producing end of the ring `ticks`.
    private func producer(in group: EALGroup) async throws -> EALGroup.Member {
        let member = try await group.secondary()
        try await member.ask("look-up-ring ticks")
        try await member.ask("shared-producer ticks")
        return member
    }

    @Test func whatAKillHasBlockedSaysSo() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63 producers=multiple consumers=multiple")
        let victim = try await producer(in: group)
        let other = try await producer(in: group)
        try await victim.ask("shared-consumer ticks")
        #expect(try await other.ask("shared-enqueue ticks 5") == "5")
        // The heads stand as they do within an operation, and one that begins later waits.
        try await victim.ask("move-heads ticks 3")
        try other.tell("shared-enqueue ticks 5")
        await #expect(throws: ChildFailure.self) { try await other.answer(within: .milliseconds(300)) }
        try await victim.kill()
        #expect(try await other.answer(to: "shared-enqueue ticks 5", within: .seconds(5)) == "0")
        for end in ["shared-producer", "shared-consumer"] {
            let refusal = try await primary.refusal("\(end) ticks")
            #expect(refusal == .groupDamaged && refusal.text.contains("create it anew"), "\(refusal.text)")
        }
        #expect(try await other.ask("shared-enqueue ticks 5") == "0")
        try await other.ask("drop shared-producer ticks")
        try await other.shutdown()
        try await primary.ask("destroy-ring ticks")
    }

    @Test func whatAKillHasBlockedBehindALivingOneSaysSo() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63 producers=multiple consumers=multiple")
        let victim = try await producer(in: group)
        let other = try await producer(in: group)
        // Two are in the middle of an operation: one that lives, and behind it the victim.
        try await victim.ask("move-heads ticks 3")
        try await victim.kill()
        // The primary has looked at the ring, and has not decided.
        try await Task.sleep(for: .milliseconds(50))
        try await other.ask("move-producer-tail ticks 1")
        try other.tell("shared-enqueue ticks 5")
        #expect(try await other.answer(to: "shared-enqueue ticks 5", within: .seconds(5)) == "0")
        #expect(try await primary.refusal("shared-producer ticks") == .groupDamaged)
    }

    @Test func nobodyWaitsInAGroupWithoutAPrimary() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63 producers=multiple consumers=multiple")
        let secondary = try await producer(in: group)
        // Somebody is in the middle of an operation, and only the primary could see that it is dead.
        try await secondary.ask("move-heads ticks 3")
        try secondary.tell("shared-enqueue ticks 5")
        await #expect(throws: ChildFailure.self) { try await secondary.answer(within: .milliseconds(300)) }
        try await primary.kill()
        #expect(try await secondary.answer(to: "shared-enqueue ticks 5", within: .seconds(5)) == "0")
    }

    // MARK: - Regions

    @Test func aRegionIsReadAndWrittenByAll() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await primary.ask("create-region gauge 7 8")
        try await secondary.ask("look-up-region gauge")
        #expect(try await secondary.ask("read-region gauge") == "7 8")
        try await secondary.ask("write-region gauge 70 80")
        #expect(try await primary.ask("read-region gauge") == "70 80")
        try await primary.ask("write-limit gauge 81")
        #expect(try await secondary.ask("read-limit gauge") == "81")
        #expect(try await secondary.ask("read-region gauge") == "70 81")
        #expect(try await secondary.refusal("look-up-region none") == .notFound)
        #expect(try await secondary.refusal("look-up-region gauge type=u64") == .layoutMismatch)
        #expect(try await primary.refusal("create-region gauge 1 2") == .nameTaken)
        #expect(try await primary.refusal("destroy-region gauge") == .inUse)
        try await secondary.ask("access-region gauge")
        try await secondary.ask("drop region gauge")
        let refusal = try await primary.refusal("destroy-region gauge")
        #expect(refusal == .inUse)
        #expect(refusal.pids == [secondary.pid])
        try await secondary.ask("drop access gauge")
        try await primary.ask("destroy-region gauge")
        #expect(try await primary.refusal("read-region gauge") == .destroyed)
        try await primary.ask("create-region gauge 1 2")
    }

    @Test func zonesOfCProcessesAreLookedUpAsForeign() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        #expect(try await primary.ask("c-zone gauge 64") == "0")
        #expect(try await primary.ask("c-zone small 8") == "0")
        try await primary.ask("poke gauge 0 8 7")
        try await primary.ask("poke gauge 8 4 8")
        #expect(try await secondary.refusal("look-up-region gauge") == .wrongKind)
        try await secondary.ask("look-up-region gauge foreign=yes")
        #expect(try await secondary.ask("read-region gauge") == "7 8")
        try await secondary.ask("write-limit gauge 9")
        #expect(try await primary.ask("peek gauge 8 4") == "9")
        #expect(try await primary.refusal("create-region gauge 1 2") == .nameTaken)
        // EAL reserves whole cache lines, so no zone is too small for a small value.
        try await secondary.ask("look-up-region small foreign=yes type=u64")
    }

    @Test func atomicAdditionsOfTwoProcessesAddUp() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await primary.ask("create-meeting sum")
        try await secondary.ask("look-up-meeting sum")
        for member in [primary, secondary] { try member.tell("count-together sum 200000") }
        for member in [primary, secondary] { #expect(try await member.answer(to: "count-together") == "400000") }
    }
}
