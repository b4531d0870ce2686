import CDPDK
public import DPDKMultiProcess
import TestSupport
import Testing

/// Types that describe themselves wrongly, and processes that change objects without the library.
@Suite("Objects that differ from their description", .fewAtOnce)
struct HostileObjectTests {
    /// States slots that are smaller than the real ones.
    private struct Shrunk: RingValue {
        var bytes: InlineArray<64, UInt8> = .init(repeating: 0)

        static func slotLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(of: UInt32.self) }
    }

    /// States its layout correctly, but skips the rules for rings.
    private struct Odd: RingValue {
        var a: UInt8 = 0
        var b: UInt16 = 0
        var c: UInt16 = 0

        static func slotLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(of: Self.self) }
    }

    @Test func anElementCannotStateOtherSlotsThanItsOwn() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let error = refusal(.unsupportedType) {
                    _ = try SharedRing<Shrunk>(creating: "small", capacity: 15, in: primary)
                }
                check(error?.message.contains("slotLayout()") ?? false, "\(error?.message ?? "")")
                refusal(.unsupportedType) { _ = try SharedRing<Odd>(creating: "odd", capacity: 15, in: primary) }
                _ = try SharedRing<UInt32>(creating: "small", capacity: 15, in: primary)
                refusal(.unsupportedType) { _ = try SharedRing<Shrunk>(lookingUp: "small", in: primary) }
                refusal(.unsupportedType) { _ = unsafe try SharedRing<Shrunk>(lookingUpForeign: "small", in: primary) }
            }
        }
    }

    @Test func theSlotsOfPacketRingsAreReadByPacketsAlone() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<Packet>(creating: "packets", capacity: 15, in: primary)
                let error = refusal(.unsupportedType) {
                    _ = try SharedRing<Packet.Slot>(lookingUp: "packets", in: primary)
                }
                check(error?.remedy, is: "Use SharedRing<Packet>")
                refusal(.unsupportedType) {
                    _ = unsafe try SharedRing<Packet.Slot>(lookingUpForeign: "packets", in: primary)
                }
                refusal(.unsupportedType) {
                    _ = try SharedRing<Packet.Slot>(creating: "slots", capacity: 15, in: primary)
                }
                let mismatch = refusal(.layoutMismatch) {
                    _ = try SharedRing<UInt64>(creating: "numbers", capacity: 15, in: primary)
                    _ = try SharedRing<Packet>(lookingUp: "numbers", in: primary)
                }
                check(mismatch?.message.contains("than Packet") ?? false, "\(mismatch?.message ?? "")")
                withExtendedLifetime(ring) {}
            }
        }
    }

    @Test func whatOthersMadeIsNotDestroyedHere() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                var made: OpaquePointer?
                check(unsafe cdpdk_ring_create("ring", 8, 15, -1, 1, 1, &made), is: 0)
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_reserve("zone", 64, -1, &zone), is: 0)
                let theirs = unsafe try Foreign.packetPool("pool", capacity: 31)
                let ring = unsafe try SharedRing<UInt64>(lookingUpForeign: "ring", in: primary)
                let region = unsafe try SharedRegion<UInt64>(lookingUpForeign: "zone", in: primary)
                let pool = unsafe try PacketPool(lookingUpForeign: "pool", in: primary)
                for destroy in [ring.destroy, region.destroy, pool.destroy] as [(PrimaryProcess) throws -> Void] {
                    let error = refusal(.wrongKind) { try destroy(primary) }
                    check(error?.remedy, is: "Let the program that created it destroy it")
                }
                check(unsafe cdpdk_ring_lookup("ring") == made && cdpdk_pool_lookup("pool") == theirs)
                check(unsafe cdpdk_memzone_lookup("zone", &zone), is: 0)
                // They can be used as before.
                try region.write(7)
                check(try ring.isEmpty && pool.availableCount == 31 && region.read() == 7)
                // An object of this library is not foreign, even if it was looked up as foreign.
                _ = try SharedRing<UInt64>(creating: "own", capacity: 15, in: primary)
                try unsafe SharedRing<UInt64>(lookingUpForeign: "own", in: primary).destroy(in: primary)
            }
        }
    }

    @Test func anyNumberOfForeignNamesCanBeLookedUp() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                func lookUp(_ name: String) throws -> SharedRegion<UInt64> {
                    var zone = unsafe cdpdk_memzone_view()
                    check(unsafe cdpdk_memzone_reserve(name, 64, -1, &zone), is: 0)
                    return unsafe try SharedRegion(lookingUpForeign: name, in: primary)
                }
                let kept = try lookUp("kept")
                try kept.write(7)
                // Entries of look-ups whose handles are gone fill the table.
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_lookup(CDPDK_REGISTRY_ZONE, &zone), is: 0)
                let processes = Int(CDPDK_REGISTRY_PROCESSES) * MemoryLayout<cdpdk_registry_process>.stride
                let objects = unsafe try #require(zone.address) + MemoryLayout<cdpdk_registry_header>.stride + processes
                let table = unsafe objects.assumingMemoryBound(to: cdpdk_registry_object.self)
                check(unsafe table[0].flags == CDPDK_OBJECT_FOREIGN && table[0].kind == 3)
                for index in 1..<Int(CDPDK_REGISTRY_OBJECTS) {
                    unsafe table[index].flags = CDPDK_OBJECT_FOREIGN
                    unsafe table[index].kind = 3
                    unsafe table[index].state = UInt32(CDPDK_OBJECT_READY)
                }
                for number in 0..<4 {
                    let region = try lookUp("zone \(number)")
                    check(unsafe cdpdk_memzone_free(region.name), is: 0)
                }
                // An entry that is in use is not reused, nor is one of an object of this library.
                check(try kept.read(), is: 7)
                _ = try SharedRing<UInt64>(creating: "own", capacity: 15, in: primary)
                _ = unsafe try SharedRegion<UInt64>(lookingUpForeign: "kept", in: primary)
                _ = try SharedRing<UInt64>(lookingUp: "own", in: primary)
            }
        }
    }

    @Test func memoryBehindOtherObjectsHasNamesThatAreNotForUsers() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                _ = try SharedRing<UInt32>(creating: "ticks", capacity: 15, in: primary)
                _ = try PacketPool(creating: "packets", capacity: 15, cacheSize: 0, in: primary)
                for name in ["RG_ticks", "MP_packets", "DPDKMP_registry", "DPDKMP_arena_9_0"] {
                    let error = refusal(.invalidName) {
                        _ = unsafe try SharedRegion<UInt64>(lookingUpForeign: name, in: primary)
                    }
                    check(error?.message.contains("begin with") ?? false)
                    refusal(.invalidName) { _ = try SharedRegion(creating: name, initial: UInt64(0), in: primary) }
                }
                refusal(.invalidName) { _ = unsafe try SharedRing<UInt64>(lookingUpForeign: "MP_packets", in: primary) }
            }
        }
    }

    @Test func aNameThatACProcessHasGivenUpCanBeUsedAgain() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                func make(_ name: String) throws -> OpaquePointer {
                    var made: OpaquePointer?
                    check(unsafe cdpdk_ring_create(name, 4, 15, -1, 1, 1, &made), is: 0)
                    return unsafe try #require(made)
                }
                let first = unsafe try make("first")
                let second = unsafe try make("second")
                for name in ["first", "second"] {
                    unsafe check(try SharedRing<UInt32>(lookingUpForeign: name, in: primary).capacity, is: 15)
                }
                let error = refusal(.nameTaken) {
                    _ = try SharedRing<UInt32>(creating: "first", capacity: 15, in: primary)
                }
                check(error?.message.contains("without this library") ?? false)
                unsafe check(try SharedRing<UInt32>(lookingUpForeign: "first", in: primary).capacity, is: 15)
                unsafe cdpdk_ring_free(first)
                unsafe cdpdk_ring_free(second)
                check(try SharedRing<UInt32>(creating: "first", capacity: 7, in: primary).capacity, is: 7)
                check(try SharedRing<UInt32>(lookingUp: "first", in: primary).capacity, is: 7)
                refusal(.notFound) { _ = unsafe try SharedRing<UInt32>(lookingUpForeign: "second", in: primary) }
                refusal(.notFound) { _ = try SharedRing<UInt32>(lookingUp: "second", in: primary) }
                check(try SharedRing<UInt32>(creating: "second", capacity: 3, in: primary).capacity, is: 3)
            }
        }
    }

    @Test func anObjectThatWasExchangedPastTheLibraryIsNoticed() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<InlineArray<8, UInt64>>(creating: "ring", capacity: 127, in: primary)
                let region = try SharedRegion(
                    creating: "region", initial: InlineArray<64, UInt64>(repeating: 1), in: primary)
                unsafe cdpdk_ring_free(try #require(cdpdk_ring_lookup("ring")))
                var made: OpaquePointer?
                check(unsafe cdpdk_ring_create("ring", 4, 127, -1, 1, 1, &made), is: 0)
                check(unsafe cdpdk_memzone_free("region"), is: 0)
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_reserve("region", 64, -1, &zone), is: 0)
                refusal(.layoutMismatch) {
                    _ = try SharedRing<InlineArray<8, UInt64>>(lookingUp: "ring", in: primary)
                }
                refusal(.layoutMismatch) {
                    _ = try SharedRegion<InlineArray<64, UInt64>>(lookingUp: "region", in: primary)
                }
                withExtendedLifetime((ring, region)) {}
            }
        }
    }

    @Test func aRingWhoseNumbersDoNotBelongTogetherIsRefused() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                _ = try SharedRing<UInt64>(creating: "ring", capacity: 15, in: primary)
                let ring = unsafe try #require(cdpdk_ring_lookup("ring"))
                // size, mask and capacity follow each other in `struct rte_ring`, and are 16, 15 and 15 here.
                let words = unsafe UnsafeMutableRawPointer(ring).assumingMemoryBound(to: UInt32.self)
                let size = try #require(
                    (0..<32).first { unsafe words[$0] == 16 && words[$0 + 1] == 15 && words[$0 + 2] == 15 })
                for (index, value) in [(size, 24), (size, 0), (size + 1, 31), (size + 2, 16)] as [(Int, UInt32)] {
                    let before = unsafe words[index]
                    unsafe words[index] = value
                    refusal(.layoutMismatch) { _ = try SharedRing<UInt64>(lookingUp: "ring", in: primary) }
                    unsafe words[index] = before
                }
                check(try SharedRing<UInt64>(lookingUp: "ring", in: primary).capacity, is: 15)
            }
        }
    }
}

/// A type that a program may declare to read the packets of a ring as numbers.
extension Packet.Slot: RingValue {
    /// Gives the layout of another type.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try Packet.slotLayout() }
    /// Gives the layout of another type.
    public static func slotLayout() throws(DPDKError) -> SharedLayout { try Packet.slotLayout() }
}

@Suite("Pieces of values in shared memory", .fewAtOnce)
struct WholePieceTests {
    protocol Rates: SharedValue {
        init(_ word: UInt64)
        var rates: InlineArray<512, UInt64> { get }
    }

    /// Its size is not a multiple of 8: it consists of pieces of 8 bytes and a shorter end.
    struct Limits: Rates {
        var rates: InlineArray<512, UInt64>
        var burst: UInt32

        init(_ word: UInt64) {
            rates = .init(repeating: word)
            burst = UInt32(truncatingIfNeeded: word)
        }
    }

    /// It consists of an odd number of words.
    struct Words: Rates {
        var rates: InlineArray<512, UInt64>
        var last: UInt64

        init(_ word: UInt64) { (rates, last) = (.init(repeating: word), word) }
    }

    @Test func anAlignedPieceOfEightBytesIsReadAndWrittenWhole() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                check(try Self.tornCount(of: Limits.self, in: primary), is: 0)
                check(try Self.tornCount(of: Words.self, in: primary), is: 0)
            }
        }
    }

    /// How many words that were never written are read while another thread writes. Both through an access: what is
    /// read and written through the region itself waits for a lock of the process.
    static func tornCount<Value: Rates>(of type: Value.Type, in primary: PrimaryProcess) throws -> Int {
        let region = try SharedRegion(creating: "\(type)", initial: Value(0), in: primary)
        let writer = try ControlThread(named: "writer", in: primary) {
            if let access = try? region.makeAccess() {
                for turn in 0..<20_000 { access.write(Value(turn % 2 == 0 ? 0 : .max)) }
            }
            try? region.write(Value(1))
        }
        let access = try region.makeAccess()
        var torn = 0
        var last: UInt64 = 0
        repeat {
            let value = access.read()
            for index in value.rates.indices {
                last = value.rates[index]
                if last != 0 && last != .max && last != 1 { torn += 1 }
            }
        } while last != 1
        writer.join()
        return torn
    }

    /// Two words are copied at a time, but for the last of an odd number, and where the shared ones do not lie at a
    /// multiple of 16 bytes.
    @Test(arguments: [8, 16, 24, 32, 40])
    func everyWordIsCopied(size: Int) {
        for (from, to) in [(0, 0), (0, 8), (8, 0), (8, 8)] {
            unsafe expectACopy(size, from, to, by: cdpdk_copy_words_from_shared)
            unsafe expectACopy(size, from, to, by: cdpdk_copy_words_to_shared)
        }
    }

    @Test(arguments: 1...40)
    func everyByteIsCopied(size: Int) {
        for (from, to) in [(0, 0), (1, 0), (0, 2), (4, 4), (3, 7)] {
            unsafe expectACopy(size, from, to, by: cdpdk_copy_from_shared)
            unsafe expectACopy(size, from, to, by: cdpdk_copy_to_shared)
        }
    }

    /// Copies between two offsets, and expects these bytes to be copied and no others.
    @unsafe private func expectACopy(
        _ size: Int, _ from: Int, _ to: Int, by copy: (UnsafeMutableRawPointer, UnsafeRawPointer, Int) -> Void
    ) {
        let source = (1...64).map { UInt8($0) }
        var target = [UInt8](repeating: 0xee, count: 64)
        var expected = target
        expected.replaceSubrange(to..<to + size, with: source[from..<from + size])
        unsafe target.withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                guard let start = target.baseAddress, let first = source.baseAddress else { return }
                unsafe copy(start + to, first + from, size)
            }
        }
        #expect(target == expected, "\(from) to \(to)")
    }
}
