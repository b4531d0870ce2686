import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

@Suite("A registry that others have overwritten", .fewAtOnce)
struct RegistryTests {
    private static let processTable = MemoryLayout<cdpdk_registry_header>.stride
    private static let objectTable =
        processTable + Int(CDPDK_REGISTRY_PROCESSES) * MemoryLayout<cdpdk_registry_process>.stride
    private static let claimTable =
        objectTable + Int(CDPDK_REGISTRY_OBJECTS) * MemoryLayout<cdpdk_registry_object>.stride

    /// The offset of a field of an entry, and its bytes, as arguments of `poke`.
    private static func place<Entry, Field>(_ table: Int, _ index: Int, _ field: KeyPath<Entry, Field>) -> String {
        let offset = MemoryLayout<Entry>.offset(of: field) ?? 0
        let size = MemoryLayout<Field>.size
        return "\(CDPDK_REGISTRY_ZONE) \(table + index * MemoryLayout<Entry>.stride + offset) \(size > 8 ? 1 : size)"
    }

    /// Where the state of a slot is.
    static func state(ofSlot slot: Int) -> String { place(processTable, slot, \cdpdk_registry_process.state) }

    /// Where a process asks for a chunk of its arena, and where the address of a chunk is.
    static func arenaRequest(ofSlot slot: Int) -> String {
        place(processTable, slot, \cdpdk_registry_process.arena_request)
    }
    static func arenaChunk(_ number: Int, ofSlot slot: Int) -> String {
        let entry = processTable + slot * MemoryLayout<cdpdk_registry_process>.stride
        let first = MemoryLayout.offset(of: \cdpdk_registry_process.arena) ?? 0
        return "\(CDPDK_REGISTRY_ZONE) \(entry + first + 8 * number) 8"
    }

    /// Where the address of the first object's memory zone is.
    static let zoneOfFirstObject = place(objectTable, 0, \cdpdk_registry_object.zone)

    @Test func aSecondaryIsRefused() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        typealias Header = cdpdk_registry_header
        let cases: [(String, String, DPDKError.Code)] = [
            (Self.place(0, 0, \Header.format), "77", .registryVersionMismatch),
            (Self.place(0, 0, \Header.magic), "4711", .registryCorrupted),
            (Self.place(0, 0, \Header.size), "4711", .registryCorrupted),
            (Self.place(0, 0, \Header.processes), "4294967295", .registryCorrupted),
            (Self.place(0, 0, \Header.objects), "0", .registryCorrupted),
            (Self.place(0, 0, \Header.claims), "1048576", .registryCorrupted),
        ]
        for (place, value, code) in cases {
            let before = try await primary.ask("peek \(place)")
            try await primary.ask("poke \(place) \(value)")
            let refusal = try await group.refusal(of: "secondary")
            #expect(refusal == code, "\(place): \(refusal.text)")
            try await primary.ask("poke \(place) \(before)")
        }
        let secondary = try await group.secondary()
        #expect(try await primary.ask("attached").split(separator: " ").count == 2)
        try await secondary.ask("shutdown")
    }

    @Test func entriesOfProcessesAreChecked() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        typealias Entry = cdpdk_registry_process
        for (place, value) in [
            (Self.place(Self.processTable, 1, \Entry.state), "3"),
            (Self.place(Self.processTable, 1, \Entry.role), "0"),
            (Self.place(Self.processTable, 1, \Entry.arena_chunks), "4294967295"),
            (Self.place(Self.processTable, 1, \Entry.name), "255"),
        ] {
            let before = try await primary.ask("peek \(place)")
            try await primary.ask("poke \(place) \(value)")
            for member in [primary, secondary] {
                #expect(try await member.refusal("attached") == .registryCorrupted, "\(place)")
            }
            try await primary.ask("poke \(place) \(before)")
        }
        #expect(try await primary.ask("attached").split(separator: " ").count == 2)
    }

    @Test func entriesOfObjectsAreChecked() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        let secondary = try await group.secondary()
        try await primary.ask("create-ring ticks 63")
        typealias Entry = cdpdk_registry_object
        for (place, value) in [
            (Self.place(Self.objectTable, 0, \Entry.state), "3"),
            (Self.place(Self.objectTable, 0, \Entry.kind), "0"),
            (Self.place(Self.objectTable, 0, \Entry.kind), "5"),
            (Self.place(Self.objectTable, 0, \Entry.size), "\(UInt64.max)"),
            (Self.place(Self.objectTable, 0, \Entry.stride), "\(UInt64.max)"),
            (Self.place(Self.objectTable, 0, \Entry.name), "255"),
            (Self.place(Self.objectTable, 0, \Entry.layout), "255"),
        ] {
            let before = try await primary.ask("peek \(place)")
            try await primary.ask("poke \(place) \(value)")
            #expect(try await secondary.refusal("look-up-ring ticks") == .registryCorrupted, "\(place)")
            #expect(try await primary.refusal("create-ring trades 63") == .registryCorrupted, "\(place)")
            try await primary.ask("poke \(place) \(before)")
        }
        for (place, value) in [
            (Self.place(Self.objectTable, 0, \Entry.fingerprint), "4711"),
            (Self.place(Self.objectTable, 0, \Entry.alignment), "\(UInt64.max)"),
        ] {
            let before = try await primary.ask("peek \(place)")
            try await primary.ask("poke \(place) \(value)")
            #expect(try await secondary.refusal("look-up-ring ticks") == .layoutMismatch, "\(place)")
            try await primary.ask("poke \(place) \(before)")
        }
        try await secondary.ask("look-up-ring ticks")
        try await primary.ask("create-ring trades 63")
    }

    @Test func claimsAreChecked() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63")
        typealias Entry = cdpdk_registry_claim
        // With a slot that does not exist, and with an object that does not exist.
        for (field, value) in [
            (Self.place(Self.claimTable, 9, \Entry.holder), "\(UInt64(1000) << 32)"),
            (Self.place(Self.claimTable, 9, \Entry.holder), "\(UInt64.max)"),
        ] {
            try await primary.ask("poke \(field) \(value)")
            #expect(try await primary.refusal("producer ticks") == .registryCorrupted)
            #expect(try await primary.ask("holders ticks") == "0 0")
            try await primary.ask("poke \(field) 0")
        }
        let object = Self.place(Self.claimTable, 9, \Entry.object)
        let holder = Self.place(Self.claimTable, 9, \Entry.holder)
        try await primary.ask("poke \(object) 1024")
        try await primary.ask("poke \(holder) \(UInt64(1) << 32 | 1)")
        #expect(try await primary.refusal("producer ticks") == .registryCorrupted)
        try await primary.ask("poke \(holder) 0")
        try await primary.ask("producer ticks")
    }

    @Test func aFullTableIsAnError() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-ring ticks 63")
        func fill<Entry>(_ table: Int, _ first: Int, _ count: UInt32, _ field: KeyPath<Entry, some Any>) -> String {
            "times=\(Int(count) - first) step=\(MemoryLayout<Entry>.stride) \(Self.place(table, first, field))"
        }
        let states = fill(Self.objectTable, 1, CDPDK_REGISTRY_OBJECTS, \cdpdk_registry_object.state)
        let kinds = fill(Self.objectTable, 1, CDPDK_REGISTRY_OBJECTS, \cdpdk_registry_object.kind)
        try await primary.ask("poke \(kinds) 1")
        try await primary.ask("poke \(states) 2")
        #expect(try await primary.refusal("create-ring trades 63") == .registryFull)
        #expect(try await primary.refusal("create-region gauge 1 2") == .registryFull)
        try await primary.ask("poke \(states) 0")
        try await primary.ask("create-ring trades 63")

        let claims = fill(Self.claimTable, 2, CDPDK_REGISTRY_CLAIMS, \cdpdk_registry_claim.holder)
        try await primary.ask("poke \(claims) \(UInt64(1) << 32 | 1)")
        #expect(try await primary.refusal("producer ticks") == .registryFull)
        // An object that cannot get a handle is not created either.
        #expect(try await primary.refusal("create-ring orders 63") == .registryFull)
        #expect(try await primary.refusal("create-region gauge 1 2") == .registryFull)
        try await primary.ask("poke \(claims) 0")
        try await primary.ask("create-ring orders 63")
        try await primary.ask("create-region gauge 1 2")
        try await primary.ask("producer ticks")
    }

    @Test func garbageIsNeverMoreThanAnError() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 63, in: primary)
                var zone = unsafe cdpdk_memzone_view()
                #expect(unsafe cdpdk_memzone_lookup(CDPDK_REGISTRY_ZONE, &zone) == 0)
                let base = unsafe try #require(zone.address)
                let size = Int(cdpdk_registry_size())
                let copy = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
                defer { unsafe copy.deallocate() }
                var random = Numbers(seed: 4711)
                var outcomes: [String: Int] = [:]
                func attempt(_ body: () throws(DPDKError) -> Void) {
                    do throws(DPDKError) {
                        try body()
                        outcomes["ok", default: 0] += 1
                    } catch {
                        outcomes[error.code.description, default: 0] += 1
                    }
                }
                for round in 0..<150 {
                    unsafe copy.copyMemory(from: base, byteCount: size)
                    // The header is read only at the start. Everything after it is overwritten in turn.
                    for _ in 0..<(1 << random.next(12)) {
                        // Often at an entry that is read first.
                        let table = [
                            RegistryTests.processTable, RegistryTests.objectTable, RegistryTests.claimTable,
                        ][random.next(3)]
                        let offset = (table + random.next(random.next(2) == 0 ? 4096 : size - table - 8)) & ~3
                        let number = [UInt32(random.next(8)), UInt32(truncatingIfNeeded: random.next(1 << 40))]
                        unsafe (base + offset).storeBytes(of: number[random.next(2)], as: UInt32.self)
                    }
                    attempt { () throws(DPDKError) in _ = try primary.processes() }
                    attempt { () throws(DPDKError) in
                        _ = try SharedRing<UInt64>(lookingUp: "ticks", in: primary)
                    }
                    attempt { () throws(DPDKError) in _ = try ring.makeConsumer() }
                    _ = (ring.count, ring.producerHolder, ring.consumerHolder)
                    attempt { () throws(DPDKError) in
                        let other = try SharedRing<UInt32>(creating: "other \(round)", capacity: 7, in: primary)
                        try other.destroy(in: primary)
                    }
                    attempt { () throws(DPDKError) in
                        _ = try SharedRegion<UInt64>(lookingUp: "none", in: primary)
                    }
                    unsafe base.copyMemory(from: copy, byteCount: size)
                }
                let known = [
                    "ok", "registryCorrupted", "registryFull", "notFound", "destroyed", "endpointInUse", "inUse",
                    "layoutMismatch", "wrongKind", "nameTaken",
                ]
                #expect(outcomes.keys.allSatisfy { known.contains($0) }, "\(outcomes)")
                #expect(outcomes["registryCorrupted", default: 0] > 100, "\(outcomes)")
            }
        }
    }

    /// Pseudo-random numbers that are the same in every run.
    private struct Numbers {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 24) % limit
        }
    }
}
