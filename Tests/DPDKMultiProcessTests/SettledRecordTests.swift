import CDPDK
import TestSupport
import Testing

@testable import DPDKMultiProcess

/// The record of a burst may say of an operation that is done that it goes on: the ring's tail says better. But a tail
/// comes round after 2³² packets.
@Suite("Records of operations that are done", .fewAtOnce)
struct SettledRecordTests {
    /// Checks how many packets the process seems to hold when nearly 2³² have passed the ring "r": one tail, and then
    /// the other, is among the positions of the first three packets again.
    private static func checkHeld(_ count: Int, of pool: PacketPool, _ process: PrimaryProcess) throws {
        let view = unsafe cdpdk_ring_view(try #require(cdpdk_ring_lookup("r")))
        for isProducers in [true, false] {
            let tail = unsafe isProducers ? view.producer_tail : view.consumer_tail
            let before = unsafe tail.pointee
            unsafe tail.pointee = 2
            check(try pool.packetsHeld() == [process.identity: count])
            unsafe tail.pointee = before
        }
    }

    @Test func theyAreSettledWhenTheEndIsLetGo() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 63, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(creating: "r", capacity: 15, in: primary)
                var given = try PacketBurst(capacity: 3, in: primary)
                var taken = try PacketBurst(capacity: 3, in: primary)
                do {
                    var producer = try ring.makeProducer()
                    var consumer = try ring.makeConsumer()
                    check(pool.allocateBulk(3, into: &given))
                    check(producer.enqueueBurst(&given), is: 3)
                    check(consumer.dequeueBurst(into: &taken), is: 3)
                }
                try Self.checkHeld(3, of: pool, primary)
                check(given.isEmpty && taken.count == 3)
            }
        }
    }

    @Test func theyAreSettledInTime() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 63, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(creating: "r", capacity: 15, in: primary)
                var given = try PacketBurst(capacity: 3, in: primary)
                var taken = try PacketBurst(capacity: 3, in: primary)
                var more = try PacketBurst(capacity: 15, in: primary)
                var back = try PacketBurst(capacity: 15, in: primary)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                check(pool.allocateBulk(3, into: &given) && pool.allocateBulk(15, into: &more))
                check(producer.enqueueBurst(&given), is: 3)
                check(consumer.dequeueBurst(into: &taken), is: 3)
                // As if many had passed. Then the ends look at each other's tail again.
                producer.pace.settled &-= 1 << 30
                producer.pace.turn &-= 1 << 30
                consumer.pace.settled &-= 1 << 30
                consumer.pace.turn &-= 1 << 30
                check(producer.enqueueBurst(&more), is: 15)
                check(consumer.dequeueBurst(into: &back), is: 15)
                try Self.checkHeld(18, of: pool, primary)
                check(producer.pace.settled == 3 && consumer.pace.settled == 3)
            }
        }
    }
}
