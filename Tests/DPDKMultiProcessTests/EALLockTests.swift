import DPDKMultiProcess
import TestSupport
import Testing

@Suite("EAL's own locks, which a killed process leaves taken", .fewAtOnce)
struct EALLockTests {
    @Test func aSecondaryTakesNone() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63")
        try await primary.ask("create-region gauge 1 2")
        try await primary.ask("create-pool p 255 cache=32")
        try await primary.ask("create-packet-ring r 63")
        let secondary = try await group.secondary()
        let witness = try await group.secondary()
        try await primary.ask("c-hold-locks")
        // DPDK's own look-ups wait for ever now.
        try await Task.sleep(for: .milliseconds(200))
        try witness.tell("c-read-zone gauge 0")
        for line in [
            "look-up-ring ticks", "producer ticks", "look-up-region gauge", "write-region gauge 3 4",
            "look-up-pool p", "burst b 32", "allocate p 32 b", "look-up-packet-ring r", "packet-producer r",
            "enqueue-burst r b", "packet-consumer r", "dequeue-burst r b", "clear b", "single p one", "attached",
            "drop packet one", "drop burst b", "drop packet-producer r", "drop packet-consumer r",
            "drop producer ticks",
            "shutdown",
        ] {
            try await secondary.ask(line, within: .seconds(5))
        }
        // The caches of its lcore were emptied.
        #expect(try await primary.ask("pool p") == "255 255 0")
        await #expect(throws: ChildFailure.self) { try await witness.answer(within: .milliseconds(100)) }
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
