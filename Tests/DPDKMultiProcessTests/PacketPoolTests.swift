import CDPDK
import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Packet pools", .serialized, .fewAtOnce)
struct PacketPoolTests {
    @Test func aPoolIsWhatWasAskedFor() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "usual", capacity: 1023, in: primary)
                check(pool.name == "usual")
                check(pool.capacity == 1023)
                check(pool.cacheSize == 256)
                check(pool.dataRoom == PacketPool.defaultDataRoom)
                check(pool.operations == .ringHeadTailSync)
                check(pool.operations.description == "ring_mt_hts")
                check(try pool.nodes().values.reduce(0, +) > 0)

                let others: [PacketPool.Operations] = [
                    .ringMultiple, .ringRelaxedTailSync, .ringExclusive, .stack, .lockFreeStack,
                ]
                for operations in others {
                    let pool = try PacketPool(
                        creating: "\(operations)", capacity: 15, dataRoom: 256, cacheSize: 0, operations: operations,
                        in: primary)
                    check(pool.operations == operations)
                    check(pool.cacheSize == 0)
                    check(pool.dataRoom == 256)
                    let packet = try pool.allocate()
                    check(packet != nil && pool.inUseCount == 1)
                }
            }
        }
    }

    @Test func impossibleSizesAndOperationsAreRefusedAndLeaveNothing() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                func create(
                    _ capacity: Int, dataRoom: Int = 256, cacheSize: Int = 0,
                    operations: PacketPool.Operations = .ringHeadTailSync
                ) throws {
                    _ = try PacketPool(
                        creating: "p", capacity: capacity, dataRoom: dataRoom, cacheSize: cacheSize,
                        operations: operations, in: primary)
                }
                for capacity in [0, -1, .min, .max, 1 << 30] { refusal(.invalidSize) { try create(capacity) } }
                for room in [0, -1, 127, 65_536, .max] { refusal(.invalidSize) { try create(15, dataRoom: room) } }
                for cache in [-1, 513, .max, 11] { refusal(.invalidSize) { try create(15, cacheSize: cache) } }
                let cache = refusal(.invalidSize) { try create(383, cacheSize: 256) }
                check(cache?.remedy.contains("0 to 255") ?? false, "\(cache?.remedy ?? "")")
                let unknown = refusal(.invalidArgument) {
                    try create(15, operations: PacketPool.Operations("none_such"))
                }
                check(unknown?.message.contains("none_such") ?? false)
                refusal(.outOfMemory) { try create(1 << 30 - 1) }
                refusal(.outOfMemory) { try create(1 << 16, dataRoom: 65_535) }
                // The name is still free.
                try create(384, cacheSize: 256)
            }
        }
    }

    @Test func noRangeOfOneNumberIsOffered() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0"]) { primary in
                let cached = refusal(.invalidSize) { _ = try PacketPool(creating: "p", capacity: 1, in: primary) }
                check(cached?.remedy, is: "Choose 0 packets")
                let pool = try PacketPool(creating: "p", capacity: 63, cacheSize: 0, in: primary)
                let port = try EthPort(configuring: 0, receivingInto: pool, in: primary)
                let queue = refusal(.noSuchQueue) { _ = try port.makeReceiveQueue(1) }
                check(queue?.remedy, is: "Choose 0, or configure more")
            }
        }
    }

    @Test func theLimitsThemselvesAreAccepted() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let one = try PacketPool(creating: "one", capacity: 1, dataRoom: 128, cacheSize: 0, in: primary)
                do {
                    let packet = try one.packet()
                    check(packet.headroom == 128 && packet.tailroom == 0)
                    check(try one.allocate() == nil)
                }
                let large = try PacketPool(creating: "large", capacity: 3, dataRoom: 65_535, cacheSize: 2, in: primary)
                var packet = try large.packet()
                check(packet.tailroom == 65_535 - 128)
                check(packet.append(repeating: 7, count: 65_535 - 128))
                check(packet.prepend(repeating: 8, count: 128))
                check(packet.length == 65_535 && packet.bytes.byteCount == 65_535)
                check(packet.load(at: 65_534, as: UInt8.self) == 7)
                let cached = try PacketPool(creating: "c", capacity: 768, dataRoom: 128, cacheSize: 512, in: primary)
                check(cached.cacheSize == 512)
            }
        }
    }

    @Test func namesAreCheckedAndFound() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                func create(_ name: String) throws -> PacketPool {
                    try PacketPool(creating: name, capacity: 15, dataRoom: 256, cacheSize: 0, in: primary)
                }
                let longest = String(repeating: "n", count: 25)
                for name in ["", longest + "n", "a\u{0}b", "a\nb", String(repeating: "é", count: 13)] {
                    refusal(.invalidName) { _ = try create(name) }
                    refusal(.invalidName) { _ = try PacketPool(lookingUp: name, in: primary) }
                    refusal(.invalidName) { _ = unsafe try PacketPool(lookingUpForeign: name, in: primary) }
                }
                let pool = try create(longest)
                refusal(.nameTaken) { _ = try create(longest) }
                let found = try PacketPool(lookingUp: longest, in: primary)
                check(found.name == longest && found.capacity == 15)
                let packet = try found.allocate()
                check(packet != nil && pool.inUseCount == 1)
                let error = refusal(.notFound) { _ = try PacketPool(lookingUp: "none", in: primary) }
                check(error?.object == "packet pool 'none'")
                refusal(.notFound) { _ = unsafe try PacketPool(lookingUpForeign: "none", in: primary) }
            }
        }
    }

    @Test func aLargeAllocationGetsWhatTheCacheHas() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 900, dataRoom: 256, cacheSize: 512, in: primary)
                var burst = try PacketBurst(capacity: 900, in: primary)
                for count in [500, 900, 300, 900, 513, 900] {
                    check(pool.allocateBulk(count, into: &burst), "\(count)")
                    burst.removeAll()
                }
            }
        }
    }

    @Test func allocatesOneManyOrNone() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 10, dataRoom: 256, cacheSize: 0, in: primary)
                var burst = try PacketBurst(capacity: 12, in: primary)
                check(pool.availableCount == 10 && pool.inUseCount == 0)
                do {
                    let packet = try pool.packet()
                    check(packet.length == 0 && packet.bytes.isEmpty)
                    check(pool.availableCount == 9 && pool.inUseCount == 1)
                    check(pool.allocateBulk(0, into: &burst))
                    check(!pool.allocateBulk(-1, into: &burst))
                    // All or none: 9 are free.
                    check(!pool.allocateBulk(10, into: &burst))
                    check(burst.isEmpty && pool.inUseCount == 1)
                    check(pool.allocateBulk(9, into: &burst))
                    check(burst.count == 9 && pool.availableCount == 0 && pool.inUseCount == 10)
                    check(try pool.allocate() == nil)
                    check(!pool.allocateBulk(1, into: &burst))
                    check(burst.count == 9)
                }
                check(pool.inUseCount == 9)
                burst.removeAll()
                check(pool.inUseCount == 0)
                var small = try PacketBurst(capacity: 4, in: primary)
                check(!pool.allocateBulk(5, into: &small))
                check(pool.allocateBulk(3, into: &small))
                check(!pool.allocateBulk(2, into: &small))
                check(!pool.allocateBulk(.max, into: &small))
                check(small.count == 3 && pool.inUseCount == 3)
                small.removeFirst(2)
                // By now there is room at both ends.
                check(pool.allocateBulk(3, into: &small))
                check(small.isFull && pool.inUseCount == 4)
            }
        }
    }

    @Test func packetsInAnLcoresCacheAreFreeForItAlone() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 63, dataRoom: 256, cacheSize: 16, in: primary)
                do {
                    var burst = try PacketBurst(capacity: 64, in: primary)
                    check(pool.allocateBulk(60, into: &burst))
                    while !burst.isEmpty { burst.removeFirst(4) }
                    check(pool.availableCount == 63 && pool.inUseCount == 0)
                }
                // A thread that is not an lcore has no cache, and gets no packet from the cache of an lcore.
                let other = Thread {
                    func attempt() throws {
                        var burst = try PacketBurst(capacity: 64, in: primary)
                        check(!pool.allocateBulk(63, into: &burst))
                        check(pool.allocateBulk(63 - 24, into: &burst))
                    }
                    #expect(throws: Never.self) { try attempt() }
                }
                other.start()
                while !other.isFinished { usleep(1_000) }
                check(pool.inUseCount == 0)
                var all = 0
                var burst = try PacketBurst(capacity: 64, in: primary)
                while pool.allocateBulk(1, into: &burst) { all += 1 }
                check(all == 63)
            }
        }
    }

    @Test func poolsOfOtherProgramsAreFoundOnlyWhenAskedFor() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                _ = unsafe try Foreign.packetPool("theirs", capacity: 31)
                refusal(.wrongKind) { _ = try PacketPool(lookingUp: "theirs", in: primary) }
                let pool = unsafe try PacketPool(lookingUpForeign: "theirs", in: primary)
                check(pool.capacity == 31 && pool.dataRoom == 2_176)
                check(pool.operations == .ringMultiple)
                let packet = try pool.packet()
                check(packet.headroom == 128)
                check(try pool.packetsHeld() == [primary.identity: 1])
                // Now it is in the registry, but it is still foreign.
                refusal(.wrongKind) { _ = try PacketPool(lookingUp: "theirs", in: primary) }
                _ = unsafe try PacketPool(lookingUpForeign: "theirs", in: primary)
                refusal(.nameTaken) { _ = try PacketPool(creating: "theirs", capacity: 15, cacheSize: 0, in: primary) }

                // Pools of other elements. The second has a private area as large as that of a packet pool.
                _ = unsafe try Foreign.pool("messages", elementSize: 512, privateSize: 0)
                _ = unsafe try Foreign.pool("sessions", elementSize: 512, privateSize: 64)
                refusal(.wrongKind) { _ = unsafe try PacketPool(lookingUpForeign: "messages", in: primary) }
                refusal(.wrongKind) { _ = unsafe try PacketPool(lookingUpForeign: "sessions", in: primary) }

                let own = try PacketPool(creating: "own", capacity: 15, cacheSize: 0, in: primary)
                unsafe check(try PacketPool(lookingUpForeign: "own", in: primary).capacity == own.capacity)
            }
        }
    }

    @Test func aPoolWithPacketsOutIsNotDestroyed() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 31, cacheSize: 8, in: primary)
                let ring = try SharedRing<Packet>(creating: "r", capacity: 7, in: primary)
                do {
                    let packet = try pool.packet()
                    let error = refusal(.inUse) { try pool.destroy(in: primary) }
                    check(error?.holders == [primary.identity])
                    check(packet.length == 0)
                }
                do {
                    var burst = try PacketBurst(capacity: 8, in: primary)
                    check(pool.allocateBulk(2, into: &burst))
                    check(try pool.packetsHeld() == [primary.identity: 2])
                    let error = refusal(.inUse) { try pool.destroy(in: primary) }
                    check(error?.holders == [primary.identity])
                    var producer = try ring.makeProducer()
                    check(producer.enqueueBurst(&burst) == 2)
                }
                // Packets in a ring belong to no process.
                check(try pool.packetsHeld().isEmpty)
                let error = refusal(.inUse) { try pool.destroy(in: primary) }
                check(error?.holders == [] && error?.message.contains("2 packets") ?? false)
                try ring.destroy(in: primary)
                check(pool.inUseCount == 0)

                var other: PacketPool? = try PacketPool(lookingUp: "p", in: primary)
                check(refusal(.inUse) { try pool.destroy(in: primary) }?.holders == [primary.identity])
                check(other?.capacity == 31)
                other = nil
                let copy = pool
                try pool.destroy(in: primary)
                refusal(.destroyed) { _ = try copy.allocate() }
                check(copy.availableCount == 0 && copy.inUseCount == 0)
                check(copy.name == "p")
                var burst = try PacketBurst(capacity: 8, in: primary)
                check(!copy.allocateBulk(1, into: &burst))
                refusal(.destroyed) { try copy.destroy(in: primary) }
                refusal(.destroyed) { _ = try copy.packetsHeld() }
                refusal(.destroyed) { _ = try copy.nodes() }
                refusal(.notFound) { _ = try PacketPool(lookingUp: "p", in: primary) }
                let anew = try PacketPool(creating: "p", capacity: 15, cacheSize: 0, in: primary)
                check(anew.availableCount == 15 && copy.availableCount == 0)
            }
        }
    }
}
