import CDPDK
import DPDKMultiProcess
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Arenas, in which processes list their packets", .fewAtOnce)
struct ArenaTests {
    @Test func othersSeeWhatAProcessHolds() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0")
        for line in [
            "create-pool p 63", "create-pool q 63", "configure-port net_null0 q", "start-port net_null0",
            "create-packet-ring r 15",
        ] {
            try await primary.ask(line)
        }
        let secondary = try await group.secondary()
        let third = try await group.secondary()
        for line in ["look-up-pool p", "look-up-port net_null0", "look-up-packet-ring r", "packet-producer r"] {
            try await secondary.ask(line)
        }
        try await third.ask("look-up-pool p")
        func held() async throws -> [String] {
            let seen = try await primary.ask("held p")
            #expect(try await third.ask("held p") == seen)
            return seen.split(separator: " ").map(String.init)
        }
        #expect(try await held() == [])
        try await secondary.ask("burst many 8")
        #expect(try await secondary.ask("allocate p 5 many") == "5")
        #expect(try await held() == ["\(secondary.pid):5"])
        try await secondary.ask("burst more 300")
        #expect(try await secondary.ask("allocate p 20 more") == "20")
        #expect(try await secondary.ask("single p one") == "1")
        #expect(try await secondary.ask("single p two") == "1")
        #expect(try await held() == ["\(secondary.pid):27"])
        // Packets in a transmit buffer count as well.
        try await secondary.ask("buffer net_null0 0 32")
        #expect(try await secondary.ask("gather net_null0 many") == "0 5")
        #expect(try await held() == ["\(secondary.pid):27"])
        // The packets of the primary are listed separately.
        try await primary.ask("burst own 8")
        try await primary.ask("allocate p 3 own")
        #expect(Set(try await held()) == ["\(secondary.pid):27", "\(primary.pid):3"])
        // Packets in a ring belong to no process.
        #expect(try await secondary.ask("enqueue-burst r more") == "15 5")
        #expect(Set(try await held()) == ["\(secondary.pid):12", "\(primary.pid):3"])
        try await secondary.ask("drop packet one")
        try await secondary.ask("drop burst more")
        #expect(Set(try await held()) == ["\(secondary.pid):6", "\(primary.pid):3"])
        #expect(try await primary.ask("pool p") == "63 39 24")
        let refusal = try await primary.refusal("destroy-pool p")
        #expect(refusal == .inUse)
        #expect(refusal.pids.contains(secondary.pid) && refusal.pids.contains(primary.pid))
        try await secondary.ask("drop buffer net_null0")
        try await secondary.ask("drop packet two")
        #expect(try await held() == ["\(primary.pid):3"])
    }

    @Test func theListOfADeadProcessIsReadable() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-pool p 63")
        let secondary = try await group.secondary()
        try await secondary.ask("look-up-pool p")
        try await secondary.ask("burst large 8192")
        for number in 2...8 { try await secondary.ask("burst large\(number) 8192") }
        try await secondary.ask("burst small 4")
        try await secondary.ask("allocate p 7 large")
        // The small first chunk has no room for one of these bursts, and the second chunk for only seven.
        try await secondary.ask("allocate p 6 large8")
        try await secondary.ask("allocate p 2 small")
        try await secondary.ask("single p one")
        #expect(try await primary.ask("held p") == "\(secondary.pid):16")
        let slot = 1
        #expect(try await primary.ask("arena \(slot) 3") == "none")
        for isKilled in [false, true] {
            if isKilled { try await secondary.kill() }
            #expect(try await primary.ask("arena \(slot) 0") == "3")
            #expect(try await primary.ask("arena \(slot) 1") == "7")
            #expect(try await primary.ask("arena \(slot) 2") == "6")
        }
        // The next holder of the slot starts with an empty arena.
        var next = try await group.secondary()
        while try await next.ask("identity").split(separator: " ")[2] != "\(slot)" {
            try await next.shutdown()
            next = try await group.secondary()
        }
        #expect(try await primary.ask("arena \(slot) 0") == "0")
        #expect(try await primary.ask("held p") == "")
    }

    @Test func attachingTakesNoMemoryThatAStoppedPrimaryWouldHaveToGive() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        // Just enough for the start of EAL itself, which takes 156 kB in DPDK 22.11.
        #expect(try await primary.ask("c-fill 200000") == "0")
        try await primary.stop()
        let secondary = try group.idle()
        try await secondary.ask(group.start("secondary"), within: .seconds(60))
        try await secondary.ask("burst hand 32")
        primary.peer.signal(SIGCONT)
        #expect(try await primary.ask("attached").split(separator: " ").count == 2)
    }

    @Test func anArenaGrowsAndIsFullOneDay() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(2047, in: primary)
                // Seven of the largest bursts in each of 15 chunks and none in the first, twice in a row.
                for isFirst in [true, false] {
                    var bursts = Bursts()
                    for number in 1...105 {
                        try bursts.add(8_192, in: primary)
                        check(try chunkCount(), is: isFirst ? (number + 13) / 7 : 16, "\(number)")
                    }
                    let error = refusal(.registryFull) { try bursts.add(8_192, in: primary) }
                    check(error?.remedy.contains("smaller") ?? false)
                    // There is room for smaller bursts beside them.
                    try bursts.add(1_000, in: primary)
                    try bursts.use(pool)
                    check(try pool.packetsHeld() == [primary.identity: 106])
                }
                check(pool.inUseCount, is: 0)
            }
        }
    }

    @Test func burstsLeaveRoomForSinglePackets() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(1_100, in: primary)
                var bursts = Bursts()
                for capacity in [8_192, 4_096, 512, 64, 8, 1] {
                    refusal(.registryFull) { while true { try bursts.add(capacity, in: primary) } }
                }
                var burst = try bursts.takeLast()
                check(pool.allocateBulk(1, into: &burst))
                let packet = try burst.popFirst()
                check(packet != nil && burst.isEmpty)
                var count = 1
                try holdAll(of: pool, &count)
                check(count, is: 1_100)
            }
        }
    }

    @Test func singlePacketsHaveAsManyEntriesAsBursts() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 70_000, dataRoom: 128, cacheSize: 0, in: primary)
                var singles = Singles()
                while let packet = try pool.allocate() { singles.add(packet) }
                check(singles.count, is: 70_000)
                check(try chunkCount(), is: 6)
                check(try pool.packetsHeld() == [primary.identity: 70_000])
                singles = Singles()
                check(pool.inUseCount, is: 0)
            }
        }
    }

    @Test func aFullArenaIsNoEmptyRingBurstOrPool() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 20_000, dataRoom: 128, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(creating: "r", capacity: 1, in: primary)
                let shared = try SharedRing<Packet>(
                    creating: "s", capacity: 1, producers: .multiple, consumers: .multiple, in: primary)
                var producer = try ring.makeProducer()
                let sharedProducer = try shared.makeSharedProducer()
                var consumer = try ring.makeConsumer()
                let sharedConsumer = try shared.makeSharedConsumer()
                check(producer.enqueue(try pool.packet()) == nil)
                check(sharedProducer.enqueue(try pool.packet()) == nil)
                var bursts = Bursts()
                for capacity in [8_192, 4_096, 512, 64, 8, 1] {
                    refusal(.registryFull) { while true { try bursts.add(capacity, in: primary) } }
                }
                var burst = try bursts.takeLast()
                check(pool.allocateBulk(1, into: &burst))
                var singles = Singles()
                let error = refusal(.registryFull) {
                    while let packet = try pool.allocate() { singles.add(packet) }
                }
                check(error?.remedy.contains("packets") ?? false)
                check(singles.count >= 16 * 256 && pool.availableCount > 0)
                refusal(.registryFull) { _ = try burst.popFirst() }
                refusal(.registryFull) { _ = try burst.popLast() }
                refusal(.registryFull) { _ = try consumer.dequeue() }
                refusal(.registryFull) { _ = try sharedConsumer.dequeue() }
                // No packet was lost, and all of them can be taken again.
                check(burst.count == 1 && ring.count == 1 && shared.count == 1)
                singles = Singles()
                check(try burst.popFirst() != nil && consumer.dequeue() != nil && sharedConsumer.dequeue() != nil)
                check(try burst.popFirst() == nil && consumer.dequeue() == nil && sharedConsumer.dequeue() == nil)
                check(pool.inUseCount, is: 0)
            }
        }
    }

    @Test func whatIsNoArenaIsRefused() {
        var numbers = Numbers(state: 7)
        let length = 4_096
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 64)
        defer { unsafe memory.deallocate() }
        let words = unsafe memory.bindMemory(to: UInt32.self)
        func visit(_ length: Int) -> Int64 { unsafe cdpdk_arena_visit(memory.baseAddress!, UInt64(length), nil, nil) }

        // Random bytes are not a chunk.
        for _ in 0..<2_000 {
            for index in words.indices { unsafe words[index] = numbers.next() }
            #expect(visit(length) == -1)
        }
        // A valid chunk of three blocks: a burst of seven packets, a free block, and three places with one packet.
        func makeValid() {
            for index in words.indices { unsafe words[index] = 0 }
            unsafe memory.storeBytes(of: UInt64(CDPDK_ARENA_MAGIC), as: UInt64.self)
            unsafe memory.storeBytes(of: CDPDK_ARENA_FORMAT, toByteOffset: 8, as: UInt32.self)
            unsafe memory.storeBytes(of: 128 + 192 + 128 + 256, toByteOffset: 24, as: UInt32.self)
            func record(at offset: Int, first: UInt32, count: UInt32) {
                unsafe memory.storeBytes(of: cdpdk_listed(first, count), toByteOffset: offset, as: UInt64.self)
            }
            func block(at offset: Int, _ kind: Int, _ size: UInt32, _ capacity: UInt32) {
                for (index, word) in [UInt32(kind), size, capacity].enumerated() {
                    unsafe memory.storeBytes(of: word, toByteOffset: offset + 16 + 4 * index, as: UInt32.self)
                }
            }
            block(at: 128, CDPDK_BLOCK_BURST, 192, 8)
            record(at: 128, first: 1, count: 7)
            block(at: 320, CDPDK_BLOCK_FREE, 128, 0)
            record(at: 320, first: 9, count: 9)
            block(at: 448, CDPDK_BLOCK_SINGLES, 256, 3)
            record(at: 448, first: 9, count: 9)
            record(at: 608, first: 0, count: 1)
        }
        makeValid()
        #expect(visit(length) == 8)
        #expect(visit(704) == 8)
        // Each number that could be wrong.
        let wrong: [(offset: Int, value: UInt32)] = [
            (0, 0), (8, 1), (24, 127), (24, 0), (24, 4_097), (24, .max), (24, 600), (148, 0), (148, 127), (148, 129),
            (148, 184), (148, 4_096), (148, .max), (152, 9), (152, .max), (144, 5), (144, .max), (128, 8),
            (132, 2 << 2), (128, 11 << 14 | 7), (468, 192), (468, 320), (472, 5), (608, 2), (612, 1 << 2),
        ]
        for (offset, value) in wrong {
            makeValid()
            unsafe memory.storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
            #expect(visit(length) == -1, "\(value) at \(offset)")
        }
        for length in [0, 1, 64, 127, 703] {
            makeValid()
            #expect(visit(length) == -1, "\(length)")
        }
        // Whatever word is overwritten, there is an answer, with no more packets than there are words.
        for _ in 0..<20_000 {
            makeValid()
            for _ in 0...numbers.below(4) {
                let index = numbers.below(176)
                unsafe words[index] = numbers.below(3) == 0 ? numbers.next() : UInt32(numbers.below(600))
            }
            let count = visit(length)
            #expect(count >= -1 && count <= 512)
        }
    }

    @Test func whatIsListedIsNotLookedInto() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                var burst = try PacketBurst(capacity: 4, in: primary)
                check(pool.allocateBulk(3, into: &burst))
                check(try pool.packetsHeld() == [primary.identity: 3])
                // Overwrites the entry of the second packet, in the first chunk of the primary.
                var zone = unsafe cdpdk_memzone_view()
                check(unsafe cdpdk_memzone_lookup("DPDKMP_arena_0_0", &zone), is: 0)
                let words = unsafe UnsafeMutableBufferPointer(
                    start: try #require(zone.address).assumingMemoryBound(to: UInt.self), count: Int(zone.length) / 8)
                let second = unsafe UInt(bitPattern: burst[1]._mbuf)
                let entry = unsafe try #require(words.firstIndex(of: second))
                unsafe words[entry] = 0x10
                check(try pool.packetsHeld() == [primary.identity: 2])
                unsafe words[entry] = second
                check(try pool.packetsHeld() == [primary.identity: 3])
            }
        }
    }
}

/// How many chunks the arena of this process has. The process is a primary.
private func chunkCount() throws -> Int {
    var count = 0
    var zone = unsafe cdpdk_memzone_view()
    while unsafe cdpdk_memzone_lookup("DPDKMP_arena_0_\(count)", &zone) == 0 { count += 1 }
    return count
}

/// A list of any number of bursts.
private struct Bursts {
    private final class Node {
        var burst: PacketBurst?
        init(_ burst: consuming PacketBurst) { self.burst = consume burst }
    }
    private var nodes: [Node] = []

    mutating func add(_ capacity: Int, in primary: PrimaryProcess) throws {
        nodes.append(Node(try PacketBurst(capacity: capacity, in: primary)))
    }

    mutating func takeLast() throws -> PacketBurst {
        guard let burst = nodes.popLast()?.burst.take() else { throw Missing(what: "burst") }
        return burst
    }

    /// Allocates one packet into each burst.
    func use(_ pool: PacketPool) throws {
        for node in nodes {
            guard var burst = node.burst.take() else { throw Missing(what: "burst") }
            check(pool.allocateBulk(1, into: &burst))
            node.burst = consume burst
        }
    }
}

/// A list of any number of single packets.
private struct Singles {
    private final class Node {
        let packet: Packet
        init(_ packet: consuming Packet) { self.packet = packet }
    }
    private var nodes: [Node] = []

    var count: Int { nodes.count }

    mutating func add(_ packet: consuming Packet) { nodes.append(Node(packet)) }
}

/// Counts how many single packets a process can hold at once.
private func holdAll(of pool: PacketPool, _ count: inout Int) throws {
    guard let packet = try pool.allocate() else { return }
    count += 1
    try holdAll(of: pool, &count)
    check(packet.length, is: 0)
}
