import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

@Suite("All or nothing", .fewAtOnce)
struct BulkTests {
    @Test func exclusiveConsumersOfPacketsTakeExactlySoMany() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "pool", capacity: 63, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(creating: "ring", capacity: 8, in: primary)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                var burst = try PacketBurst(capacity: 6, in: primary)
                check(pool.allocateBulk(6, into: &burst))
                check(producer.enqueueBurst(&burst), is: 6)
                check(!consumer.dequeueBulk(7, into: &burst))
                check(!consumer.dequeueBulk(.max, into: &burst))
                check(!consumer.dequeueBulk(-1, into: &burst))
                check(consumer.dequeueBulk(0, into: &burst))
                check(burst.isEmpty)
                check(consumer.dequeueBulk(4, into: &burst))
                check(burst.count, is: 4)
                // Three more are in the ring, but the burst has no room for them.
                check(pool.allocateBulk(2, into: &burst))
                check(!consumer.dequeueBulk(1, into: &burst))
                burst.removeAll()
                check(!consumer.dequeueBulk(3, into: &burst))
                check(consumer.dequeueBulk(2, into: &burst))
                check(consumer.isEmpty)
                burst.removeAll()
                check(pool.inUseCount, is: 0)
            }
        }
    }

    @Test(arguments: 0..<3)
    func sharedEndsMoveAllOrNothing(mode: Int) async {
        await #expect(processExitsWith: .success) { [mode = mode as Int] in
            try asPrimary { primary in
                let access = [RingAccess.multiple, .relaxedTailSync, .headTailSync][mode]
                let values = try SharedRing<UInt32>(
                    creating: "values", capacity: 8, producers: access, consumers: access, in: primary)
                let into = try values.makeSharedProducer()
                let from = try values.makeSharedConsumer()
                check(into.enqueueBulk(([0, 1, 2, 3, 4] as [UInt32]).span))
                var taken = [UInt32](capacity: 4) { output in
                    check(!from.dequeueBulk(6, into: &output))
                    check(!from.dequeueBulk(5, into: &output))
                    check(!from.dequeueBulk(-1, into: &output))
                    check(from.dequeueBulk(0, into: &output))
                    check(from.dequeueBulk(3, into: &output))
                }
                check(taken, is: [0, 1, 2])
                taken = [UInt32](capacity: 4) { output in check(from.dequeueBulk(2, into: &output)) }
                check(taken, is: [3, 4])

                let pool = try PacketPool(creating: "pool", capacity: 63, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(
                    creating: "packets", capacity: 4, producers: access, consumers: access, in: primary)
                let producer = try ring.makeSharedProducer()
                let consumer = try ring.makeSharedConsumer()
                var burst = try PacketBurst(capacity: 5, in: primary)
                check(producer.enqueueBulk(&burst))
                check(pool.allocateBulk(5, into: &burst))
                check(!producer.enqueueBulk(&burst))
                check(burst.count, is: 5)
                burst.removeFirst(2)
                check(producer.enqueueBulk(&burst))
                check(burst.isEmpty)
                check(producer.enqueue(try pool.packet()) == nil)
                if let back = producer.enqueue(try pool.packet()) {
                    check(back.length, is: 0)
                } else {
                    check(false, "the ring is full")
                }
                check(pool.inUseCount, is: 4)
                check(!consumer.dequeueBulk(5, into: &burst))
                check(!consumer.dequeueBulk(6, into: &burst))
                check(burst.isEmpty)
                check(consumer.dequeueBulk(3, into: &burst))
                check(burst.count, is: 3)
                check(try consumer.dequeue() != nil)
                check(try consumer.dequeue() == nil)
                burst.removeAll()
                check(pool.inUseCount, is: 0)
                check(try pool.packetsHeld().isEmpty)
            }
        }
    }

    @Test func whatAnAllocationDidNotBringIsNotListed() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "pool", capacity: 15, cacheSize: 0, in: primary)
                var burst = try PacketBurst(capacity: 32, in: primary)
                check(pool.allocateBulk(10, into: &burst))
                check(!pool.allocateBulk(10, into: &burst))
                check(burst.count, is: 10)
                check(try pool.packetsHeld().values.reduce(0, +), is: 10)
                check(pool.inUseCount, is: 10)
            }
        }
    }

    @Test func whatWentThroughARingIsHeldByWhoHasItNow() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "pool", capacity: 63, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(creating: "packets", capacity: 31, in: primary)
                var first = try PacketBurst(capacity: 20, in: primary)
                var second = try PacketBurst(capacity: 20, in: primary)
                func held() throws -> Int { try pool.packetsHeld().values.reduce(0, +) }
                check(pool.allocateBulk(10, into: &first))
                check(pool.allocateBulk(8, into: &second))
                do {
                    var producer = try ring.makeProducer()
                    check(producer.enqueueBurst(&first, upTo: 4), is: 4)
                    check(try held(), is: 14)
                    check(producer.enqueueBurst(&second, upTo: 5), is: 5)
                    check(try held(), is: 9)
                    check(producer.enqueue(try pool.packet()) == nil)
                    check(try held(), is: 9)
                }
                do {
                    var consumer = try ring.makeConsumer()
                    check(consumer.dequeueBurst(into: &first, upTo: 3), is: 3)
                    check(try held(), is: 12)
                    check(consumer.dequeueBurst(into: &second, upTo: 5), is: 5)
                    check(try held(), is: 17)
                    check(try consumer.dequeue() != nil)
                    check(try held(), is: 17)
                }
                var producer = try ring.makeProducer()
                check(producer.enqueueBurst(&second, upTo: 1), is: 1)
                check(try held(), is: 16)
                check(first.count + second.count, is: 16)
                first.removeAll()
                second.removeAll()
                check(try held(), is: 0)
            }
        }
    }

    @Test func manyPacketsAreSortedOut() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "pool", capacity: 511, cacheSize: 0, in: primary)
                var burst = try PacketBurst(capacity: 300, in: primary)
                for modulus in [2, 3, 64, 65, 128, 300] {
                    for skipped in [0, 1, 40] {
                        check(pool.allocateBulk(300, into: &burst))
                        for index in 0..<300 {
                            _ = burst[index].append(repeating: 0, count: 4)
                            _ = burst[index].store(UInt32(index), at: 0)
                        }
                        burst.removeFirst(skipped)
                        var asked: [Int] = []
                        let removed = burst.removeAll { packet in
                            let number = Int(packet.load(at: 0, as: UInt32.self) ?? .max)
                            asked.append(number)
                            return number % modulus == 0
                        }
                        let kept = (skipped..<300).filter { $0 % modulus != 0 }
                        check(asked, is: Array(skipped..<300))
                        check(removed, is: 300 - skipped - kept.count)
                        check((0..<burst.count).map { Int(burst[$0].load(at: 0, as: UInt32.self) ?? .max) }, is: kept)
                        check(try pool.packetsHeld().values.reduce(0, +), is: kept.count)
                        check(pool.inUseCount, is: kept.count)
                        burst.removeAll()
                    }
                }
            }
        }
    }

    @Test func aPoolIsOnThePagesOfAllItsPieces() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "pool", capacity: 4095, cacheSize: 0, in: primary)
                // 4095 packets, each larger than 2 176 bytes, need more than four pages of 2 MB.
                check(try pool.nodes().values.reduce(0, +) >= 4)
            }
        }
    }
}
