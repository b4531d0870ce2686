import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

/// What processes have written for their death is read after it. They may have written anything.
@Suite("Records that are damaged", .fewAtOnce)
struct BadMemoryTests {
    @Test func theReaderSurvivesAnyBytes() async {
        await #expect(processExitsWith: .success) {
            let registry = unsafe Memory(byteCount: Int(cdpdk_registry_size()))
            let chunk = unsafe Memory(byteCount: Int(cdpdk_arena_chunk_size(0)))
            unsafe cdpdk_packets_open(registry.base, 1 << 32 | 1, true, true)
            unsafe cdpdk_arena_open(chunk.base, 1)
            for capacity in [4, 32, 100] {
                _ = unsafe cdpdk_arena_take_block(UInt32(CDPDK_BLOCK_BURST), UInt32(capacity))
            }
            for _ in 0..<20 { _ = unsafe cdpdk_arena_take_single() }
            let entry = unsafe cdpdk_registry_processes(registry.base) + 1
            unsafe entry.pointee.generation = 1
            unsafe entry.pointee.lcores = (0b110, 0)
            unsafe entry.pointee.arena_chunks = 1
            unsafe cdpdk_registry_arena(entry, 0).pointee = UInt64(UInt(bitPattern: chunk.base))
            let used = Int(unsafe chunk.base.load(fromByteOffset: 24, as: UInt32.self))
            let objects =
                unsafe UnsafeRawPointer(cdpdk_registry_objects(registry.base)) - UnsafeRawPointer(registry.base)
            let addresses =
                unsafe UnsafeRawPointer(cdpdk_registry_addresses(registry.base)) - UnsafeRawPointer(registry.base)
            unsafe registry.remember()
            unsafe chunk.remember()
            for seed in 1...10_000 {
                var numbers = Numbers(state: UInt64(seed))
                unsafe chunk.spoil(0..<used, &numbers)
                // The first processes, objects, addresses and moves.
                for begin in [256, objects, addresses, addresses + 8 * Int(CDPDK_REGISTRY_OBJECTS)] {
                    unsafe registry.spoil(begin..<begin + 2_048, &numbers)
                }
                // The address of the chunk stays, as otherwise it would hardly ever be read.
                if seed % 4 != 0 {
                    unsafe entry.pointee.arena_chunks = 1
                    unsafe cdpdk_registry_arena(entry, 0).pointee = UInt64(UInt(bitPattern: chunk.base))
                }
                let found = lookIntoSlot(1)
                check(found >= -1 && found <= 100_000, "seed \(seed): \(found)")
                unsafe chunk.restore()
                unsafe registry.restore()
            }
            check(lookIntoSlot(1) >= 0)
        }
    }

    @Test func aGroupSurvivesWhatADeadProcessHasWritten() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(255, in: primary)
                var burst = try PacketBurst(capacity: 64, in: primary)
                check(pool.allocateBulk(40, into: &burst))
                let single = try pool.packet()
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_lookup("DPDKMP_arena_0_0", &zone), is: 0)
                let chunk = unsafe Memory(at: try #require(zone.address), byteCount: 20_000)
                check(unsafe cdpdk_memzone_lookup(CDPDK_REGISTRY_ZONE, &zone), is: 0)
                let base = unsafe try #require(zone.address)
                let addresses = unsafe Memory(at: cdpdk_registry_addresses(base), byteCount: 64)
                let moves = unsafe Memory(at: cdpdk_registry_move(base, 0, 0), byteCount: 512)
                for seed in 1...100 {
                    var numbers = Numbers(state: UInt64(seed))
                    unsafe chunk.spoil(64..<20_000, &numbers)
                    if seed % 2 == 0 { unsafe addresses.spoil(0..<64, &numbers) }
                    if seed % 3 == 0 { unsafe moves.spoil(0..<512, &numbers) }
                    check(lookIntoSlot(0) >= -1, "seed \(seed)")
                    // There is an answer or a typed error.
                    _ = try? pool.packetsHeld()
                    unsafe chunk.restore()
                    unsafe addresses.restore()
                    unsafe moves.restore()
                }
                check(try pool.packetsHeld() == [primary.identity: 41])
                _ = consume single
            }
        }
    }
}

/// How many segments the sweep would find if the process of a slot were dead, or -1 if its records are damaged.
private func lookIntoSlot(_ slot: UInt32) -> Int64 {
    var dead = cdpdk_dead()
    guard unsafe cdpdk_sweep_read(slot, &dead) else { return -1 }
    return unsafe cdpdk_sweep_look(&dead, { _, _, _, _ in }, nil)
}

/// Memory that is spoilt, and restored.
@unsafe private struct Memory {
    let base: UnsafeMutableRawPointer
    private let bytes: UnsafeMutableRawBufferPointer
    private let copy: UnsafeMutableRawBufferPointer

    /// New memory, which is zero.
    init(byteCount: Int) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
        // Memory of more than no bytes has an address.
        unsafe self.init(at: memory.baseAddress.unsafelyUnwrapped, byteCount: byteCount)
    }

    init(at base: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe self.base = base
        unsafe bytes = UnsafeMutableRawBufferPointer(start: base, count: byteCount)
        unsafe copy = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe remember()
    }

    /// From now on, `restore` brings back what is there now.
    func remember() { unsafe copy.copyMemory(from: UnsafeRawBufferPointer(bytes)) }

    /// Flips bits, exchanges words, writes random ones, and cuts.
    func spoil(_ range: Range<Int>, _ numbers: inout Numbers) {
        let words = unsafe bytes.bindMemory(to: UInt64.self)
        func word(_ numbers: inout Numbers) -> Int { (range.lowerBound + numbers.below(range.count)) / 8 }
        for _ in 0...numbers.below(6) {
            let one = word(&numbers)
            switch numbers.below(4) {
            case 0: unsafe words[one] ^= 1 << UInt64(numbers.below(64))
            case 1: unsafe words.swapAt(one, word(&numbers))
            case 2: unsafe words[one] = numbers.next() >> UInt64(numbers.below(64))
            default: for index in one..<min(one + 16, range.upperBound / 8) { unsafe words[index] = 0 }
            }
        }
    }

    /// Undoes what `spoil` did.
    func restore() { unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(copy)) }
}
