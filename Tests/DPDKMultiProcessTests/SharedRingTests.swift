import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Rings of values in one process", .fewAtOnce)
struct SharedRingTests {
    private struct Unfit: Error, Equatable {}

    /// A value that is wider than what is copied by hand.
    private struct Wide: RingValue, Equatable {
        var a: UInt64
        var b: UInt64
        var c: UInt32
        var d: UInt32 = 0
        var e: UInt64 = 5
        init(_ number: Int) {
            a = UInt64(number)
            b = ~a
            c = UInt32(number)
        }
    }

    /// 6 bytes wide.
    private struct Triple: RingValue {
        var a: UInt16
        var b: UInt16
        var c: UInt16
    }

    @safe private struct WithPointer: RingValue, @unchecked Sendable {
        var number: UInt64
        var pointer: UnsafeRawPointer?
    }

    private static func dequeue<Element: RingValue>(
        _ consumer: inout SharedRing<Element>.Consumer, _ count: Int
    ) -> [Element] {
        [Element](capacity: count) { output in _ = consumer.dequeueBurst(into: &output) }
    }

    /// Sets all indices of an empty ring so that they wrap around soon. No process may hold an end.
    private static func setIndices(_ name: String, _ index: UInt32) throws {
        let ring = unsafe try #require(cdpdk_ring_lookup(name))
        let view = unsafe cdpdk_ring_view(ring)
        unsafe view.producer_head.pointee = index
        unsafe view.producer_tail.pointee = index
        unsafe view.consumer_head.pointee = index
        unsafe view.consumer_tail.pointee = index
    }

    @Test func aRingHoldsExactlyItsCapacity() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                for capacity in [1, 2, 3, 7, 8, 100, 1023, 1024] {
                    let ring = try SharedRing<UInt32>(creating: "ring \(capacity)", capacity: capacity, in: primary)
                    #expect(ring.capacity == capacity)
                    #expect(ring.name == "ring \(capacity)")
                    #expect(ring.isEmpty && !ring.isFull && ring.freeCount == capacity)
                    var producer = try ring.makeProducer()
                    var consumer = try ring.makeConsumer()
                    for number in 0..<capacity { check(producer.enqueue(UInt32(number)) == nil) }
                    check(producer.enqueue(99) != nil)
                    check(producer.freeCount, is: 0)
                    check(producer.capacity, is: capacity)
                    #expect(ring.isFull && ring.count == capacity && ring.freeCount == 0)
                    check(consumer.count, is: capacity)
                    check(consumer.dequeue() == 0)
                    #expect(!ring.isFull && ring.count == capacity - 1)
                    check(producer.freeCount, is: 1)
                    check(producer.enqueue(UInt32(capacity)) == nil)
                    check(Self.dequeue(&consumer, 2000), is: (1...capacity).map { UInt32($0) })
                    check(consumer.dequeue() == nil)
                    check(consumer.isEmpty)
                }
            }
        }
    }

    @Test(arguments: [0, 5, UInt32.max - 40, UInt32.max])
    func orderHoldsAcrossTheEndsOfArrayAndIndices(_ index: UInt32) async {
        await #expect(processExitsWith: .success) { [index = index as UInt32] in
            try asPrimary { primary in
                let ring = try SharedRing<Wide>(creating: "wide", capacity: 13, in: primary)
                try Self.setIndices("wide", index)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                var sent = 0
                var received = 0
                for size in 0..<200 {
                    let values = (0..<(size % 17)).map { Wide(sent + $0) }
                    let fitting = min(values.count, 13 - (sent - received))
                    switch size % 3 {
                    case 0:
                        let taken = producer.enqueueBurst(values.span)
                        check(taken, is: fitting)
                        sent += taken
                    case 1:
                        let all = producer.enqueueBulk(values.span)
                        check(all, is: fitting == values.count)
                        sent += all ? values.count : 0
                    default:
                        var next = sent
                        let written = producer.enqueueBurst(upTo: values.count) { output in
                            while output.freeCapacity > 0 {
                                output.append(Wide(next))
                                next += 1
                            }
                        }
                        check(written, is: fitting)
                        sent += written
                    }
                    #expect(ring.count == sent - received)
                    let wanted = size % 7
                    let there = min(wanted, sent - received)
                    switch size % 4 {
                    case 0:
                        let values = Self.dequeue(&consumer, wanted)
                        check(values, is: (0..<there).map { Wide(received + $0) })
                        received += values.count
                    case 1:
                        let before = received
                        let values = [Wide](capacity: wanted) { output in
                            let all = consumer.dequeueBulk(wanted, into: &output)
                            check(all, is: there == wanted)
                        }
                        check(values, is: (0..<(there == wanted ? wanted : 0)).map { Wide(before + $0) })
                        received += values.count
                    case 2:
                        if let value = consumer.dequeue() {
                            check(value, is: Wide(received))
                            received += 1
                        } else {
                            check(sent, is: received)
                        }
                    default:
                        let taken = consumer.dequeueBurst(upTo: wanted) { values in
                            for place in values.indices {
                                check(values[place], is: Wide(received))
                                received += 1
                            }
                            return values.count
                        }
                        check(taken, is: there)
                    }
                }
                #expect(sent > 400)
            }
        }
    }

    @Test func whatFitsNotInABurstStaysOut() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 5, in: primary)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                let values: [UInt64] = [1, 2, 3, 4, 5, 6, 7]
                let none: [UInt64] = []
                check(!producer.enqueueBulk(values.span))
                check(producer.enqueueBurst(none.span), is: 0)
                check(producer.enqueueBulk(none.span))
                check(producer.enqueueBurst(values.span), is: 5)
                check(producer.enqueueBurst(values.span), is: 0)
                // Elements that were in the output before stay there.
                let all = [UInt64](capacity: 4) { output in
                    output.append(99)
                    check(!consumer.dequeueBulk(4, into: &output))
                    check(!consumer.dequeueBulk(-1, into: &output))
                    check(consumer.dequeueBulk(0, into: &output))
                    check(consumer.dequeueBulk(2, into: &output))
                    check(consumer.dequeueBurst(into: &output), is: 1)
                    check(consumer.dequeueBurst(into: &output), is: 0)
                }
                #expect(all == [99, 1, 2, 3])
                check(consumer.count, is: 2)
            }
        }
    }

    @Test func inPlaceEnqueuePublishesWhatWasWritten() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
                try Self.setIndices("ticks", 5)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                // Of eight slots, three are before the end of the array, and four after its start.
                var runs: [Int] = []
                var count = producer.enqueueBurst(upTo: 100) { output in
                    runs.append(output.freeCapacity)
                    while output.freeCapacity > 0 { output.append(UInt64(runs.count)) }
                }
                check(count, is: 7)
                #expect(runs == [3, 4])
                check(Self.dequeue(&consumer, 9), is: [1, 1, 1, 2, 2, 2, 2])
                for limit in [0, -1, Int.min] {
                    check(producer.enqueueBurst(upTo: limit) { _ in Issue.record("there is nothing to write") }, is: 0)
                }
                // The next slot is the fifth: four are before the end, three after the start. An unfilled run ends it.
                runs = []
                count = producer.enqueueBurst(upTo: 7) { output in
                    runs.append(output.freeCapacity)
                    output.append(3)
                }
                check(count, is: 1)
                #expect(runs == [4])
                check(Self.dequeue(&consumer, 9), is: [3])
                // Elements that were written before the error are published.
                for thrownIn in 1...2 {
                    try Self.throwing(in: thrownIn, &producer, &consumer)
                }
            }
        }
    }

    private static func throwing(
        in thrownIn: Int, _ producer: inout SharedRing<UInt64>.Producer, _ consumer: inout SharedRing<UInt64>.Consumer
    ) throws {
        // Up to the fifth slot of the array again.
        while true {
            check(producer.enqueue(0) == nil)
            _ = consumer.dequeue()
            var first = 0
            _ = producer.enqueueBurst(upTo: 7) { output in first = output.freeCapacity }
            if first == 3 { break }
        }
        var run = 0
        do throws(Unfit) {
            _ = try producer.enqueueBurst(upTo: 7) { output throws(Unfit) in
                run += 1
                output.append(UInt64(10 * run))
                if run == thrownIn { throw Unfit() }
                while output.freeCapacity > 0 { output.append(UInt64(10 * run)) }
            }
            Issue.record("nothing was thrown")
        } catch {
            #expect(error == Unfit())
        }
        check(dequeue(&consumer, 9), is: thrownIn == 1 ? [10] : [10, 10, 10, 20])
    }

    @Test(arguments: [5, 8] as [UInt32])
    func wrongTailsLeadNoBodyOutOfTheRing(index: UInt32) async {
        await #expect(processExitsWith: .success) { [index] in
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
                try Self.setIndices("ticks", index)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                let view = unsafe cdpdk_ring_view(try #require(cdpdk_ring_lookup("ticks")))
                let expected = index == 5 ? [3, 5] : [8]
                var runs: [Int] = []
                unsafe view.producer_tail.pointee &+= 1000
                let taken = consumer.dequeueBurst(upTo: 100) { values in
                    runs.append(values.count)
                    return values.count
                }
                check(taken, is: 8)
                #expect(runs == expected)
                runs = []
                unsafe view.consumer_tail.pointee &+= 1000
                let written = producer.enqueueBurst(upTo: 100) { output in
                    runs.append(output.freeCapacity)
                    while !output.isFull { output.append(1) }
                }
                check(written, is: 8)
                #expect(runs == expected)
            }
        }
    }

    @Test func inPlaceDequeueTakesWhatItsBodySays() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
                try Self.setIndices("ticks", UInt32.max - 2)
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                let values: [UInt64] = [1, 2, 3, 4, 5, 6, 7]
                check(producer.enqueueBurst(values.span), is: 7)
                // Taking fewer than the run has ends it. Negative numbers take none, and too large ones take all.
                var runs: [Int] = []
                check(
                    consumer.dequeueBurst(upTo: 7) { values in
                        runs.append(values.count)
                        return 1
                    }, is: 1)
                check(
                    consumer.dequeueBurst(upTo: 7) { values in
                        runs.append(values.count)
                        return -5
                    }, is: 0)
                #expect(runs == [3, 2])
                check(ring.count, is: 6)
                // An error takes nothing from the current run. The run before stays taken.
                do throws(Unfit) {
                    _ = try consumer.dequeueBurst(upTo: 7) { values throws(Unfit) in
                        if values[0] == 4 { throw Unfit() }
                        return .max
                    }
                    Issue.record("nothing was thrown")
                } catch {
                    #expect(error == Unfit())
                }
                check(ring.count, is: 4)
                check(consumer.dequeueBurst(upTo: 3) { _ in .max }, is: 3)
                check(consumer.dequeueBurst(upTo: -1) { _ in .max }, is: 0)
                check(consumer.dequeue() == 7)
                check(
                    consumer.dequeueBurst(upTo: 3) { _ in
                        Issue.record("there is nothing to read")
                        return 0
                    }, is: 0)
            }
        }
    }

    @Test func namesAndCapacitiesAreChecked() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                func create(_ name: String, _ capacity: Int = 7) throws {
                    _ = try SharedRing<UInt64>(creating: name, capacity: capacity, in: primary)
                }
                let longest = String(repeating: "r", count: 28)
                for name in ["", longest + "r", "a\nb", "a\0b", "\u{7f}", String(repeating: "é", count: 15)] {
                    refusal(.invalidName) { try create(name) }
                    refusal(.invalidName) { _ = try SharedRing<UInt64>(lookingUp: name, in: primary) }
                    refusal(.invalidName) { _ = unsafe try SharedRing<UInt64>(lookingUpForeign: name, in: primary) }
                }
                try create(longest)
                try create("\"ü\" %s %n ../x")
                _ = try SharedRing<UInt64>(lookingUp: "\"ü\" %s %n ../x", in: primary)
                let taken = refusal(.nameTaken) { try create(longest) }
                #expect(taken?.object == "ring '\(longest)'")
                refusal(.notFound) { _ = try SharedRing<UInt64>(lookingUp: "rr", in: primary) }
                refusal(.notFound) { _ = unsafe try SharedRing<UInt64>(lookingUpForeign: "rr", in: primary) }
                // The name of a region is not the name of a ring.
                _ = try SharedRegion<UInt64>(creating: "gauge", initial: 1, in: primary)
                let error = refusal(.wrongKind) { _ = try SharedRing<UInt64>(lookingUp: "gauge", in: primary) }
                check(error?.message ?? "", is: "the object of this name is a region")

                for capacity in [0, -1, Int.min, 0x3fff_ffff + 1, Int.max, 1 << 32] {
                    let error = refusal(.invalidSize) { try create("size", capacity) }
                    #expect(error?.description.contains("\(capacity)") ?? false)
                }
                refusal(.outOfMemory) { try create("size", 0x3fff_ffff) }
                refusal(.outOfMemory) { try create("size", 1 << 26) }
                try create("size")
            }
        }
    }

    @Test func typesThatCannotBeSharedAreRefused() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pointer = refusal(.unsupportedType) {
                    _ = try SharedRing<WithPointer>(creating: "pointers", capacity: 7, in: primary)
                }
                #expect(pointer?.description.contains("pointer") ?? false)
                let triple = refusal(.unsupportedType) {
                    _ = try SharedRing<Triple>(creating: "triples", capacity: 7, in: primary)
                }
                #expect(triple?.description.contains("multiple of 4") ?? false)
                refusal(.unsupportedType) { _ = try SharedRing<Triple>(lookingUp: "triples", in: primary) }
                refusal(.unsupportedType) {
                    _ = try SharedRing<UInt8>(creating: "bytes", capacity: 7, in: primary)
                }
                let ring = try SharedRing<InlineArray<4, UInt8>>(creating: "bytes", capacity: 7, in: primary)
                var producer = try ring.makeProducer()
                check(producer.enqueue([1, 2, 3, 4]) == nil)
            }
        }
    }

    @Test(arguments: [RingAccess.multiple, .relaxedTailSync, .headTailSync])
    func ringsWithManyEndsWorkInEachMode(_ access: RingAccess) async {
        let number = [RingAccess.multiple, .relaxedTailSync, .headTailSync].firstIndex(of: access) ?? 0
        await #expect(processExitsWith: .success) { [number = number as Int] in
            try asPrimary { primary in
                let access = [RingAccess.multiple, .relaxedTailSync, .headTailSync][number]
                let ring = try SharedRing<UInt64>(
                    creating: "ticks", capacity: 10, producers: access, consumers: access, in: primary)
                #expect(ring.producers == access && ring.consumers == access)
                let wrong = refusal(.wrongMode) { _ = try ring.makeProducer() }
                #expect(wrong?.remedy.contains("makeSharedProducer()") ?? false)
                refusal(.wrongMode) { _ = try ring.makeConsumer() }
                let first = try ring.makeSharedProducer()
                let second = try ring.makeSharedProducer()
                let consumer = try ring.makeSharedConsumer()
                let other = try ring.makeSharedConsumer()
                check(first.enqueue(1) == nil)
                let values: [UInt64] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
                check(second.enqueueBulk(values.span.extracting(0..<3)))
                check(!second.enqueueBulk(values.span.extracting(3..<10)))
                check(first.enqueueBurst(values.span.extracting(3..<11)), is: 6)
                check(first.enqueue(13) != nil)
                #expect(ring.isFull)
                check(consumer.dequeue() == 1)
                let rest = [UInt64](capacity: 20) { output in
                    check(other.dequeueBurst(into: &output), is: 9)
                    check(consumer.dequeueBurst(into: &output), is: 0)
                }
                #expect(rest == [2, 3, 4, 5, 6, 7, 8, 9, 10])
                check(other.dequeue() == nil)
                refusal(.inUse) { try ring.destroy(in: primary) }
                refusal(.inUse) { try primary.shutdown() }
            }
        }
    }

    @Test(arguments: [1, 3, 100])
    func pacedEndsMoveWhatIsThere(_ capacity: Int) async {
        await #expect(processExitsWith: .success) { [capacity] in
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: capacity, in: primary)
                var producer = try ring.makeProducer(pacing: .throughput)
                var consumer = try ring.makeConsumer(pacing: .throughput)
                var (sent, received): (UInt64, UInt64) = (0, 0)
                while received < 2_000 {
                    while producer.enqueue(sent) == nil { sent += 1 }
                    check(Int(sent - received), is: capacity)
                    let burst = Self.dequeue(&consumer, 2)
                    check(burst, is: (received..<received + UInt64(min(2, capacity))).map(\.self))
                    received += UInt64(burst.count)
                    while let value = consumer.dequeue() {
                        check(value == received)
                        received += 1
                    }
                }
                // An end that waits for more waits for a moment at most.
                let began = ContinuousClock.now
                for _ in 0..<1_000 { check(consumer.dequeue() == nil) }
                check(began.duration(to: .now) < .seconds(1))
            }
        }
    }

    @Test func aSideWithManyEndsMeetsAnExclusiveOne() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(
                    creating: "ticks", capacity: 10, producers: .headTailSync, in: primary)
                refusal(.wrongMode) { _ = try ring.makeSharedConsumer() }
                let producer = try ring.makeSharedProducer()
                var consumer = try ring.makeConsumer()
                for round in 0..<50 {
                    let values = [UInt64(round), 1, 2, 3]
                    check(producer.enqueueBurst(values.span), is: 4)
                    check(Self.dequeue(&consumer, 9), is: values)
                }
            }
        }
    }

    @Test func aDestroyedRingsHandlesSaySo() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let ring = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
                let copy = ring
                do {
                    let other = try SharedRing<UInt64>(lookingUp: "ticks", in: primary)
                    let error = refusal(.inUse) { try ring.destroy(in: primary) }
                    #expect(error?.holders == [primary.identity])
                    _ = other.count
                }
                var producer = try copy.makeProducer()
                check(producer.enqueue(1) == nil)
                refusal(.inUse) { try ring.destroy(in: primary) }
                _ = consume producer
                #expect(copy.count == 1)
                try ring.destroy(in: primary)
                #expect(copy.count == 0 && copy.freeCount == 0 && copy.isEmpty)
                #expect(copy.producerHolder == nil)
                refusal(.destroyed) { _ = try copy.makeConsumer() }
                refusal(.destroyed) { _ = try copy.nodes() }
                refusal(.destroyed) { try copy.destroy(in: primary) }
                let again = try SharedRing<UInt32>(creating: "ticks", capacity: 3, in: primary)
                #expect(again.isEmpty)
                refusal(.destroyed) { _ = try copy.makeConsumer() }
                #expect(try again.nodes().values.reduce(0, +) > 0)
            }
        }
    }

    @Test func afterTheShutdownHandlesAreHarmless() async {
        await #expect(processExitsWith: .success) {
            var kept: SharedRing<UInt64>?
            var region: SharedRegion<UInt64>?
            try asPrimary { primary in
                kept = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: primary)
                region = try SharedRegion<UInt64>(creating: "gauge", initial: 7, in: primary)
            }
            let ring = try #require(kept)
            #expect(ring.count == 0 && ring.freeCount == 0)
            refusal(.shutDown) { _ = try ring.makeProducer() }
            refusal(.shutDown) { _ = try ring.nodes() }
            refusal(.shutDown) { _ = try region?.read() }
            refusal(.shutDown) { _ = try region?.makeAccess() }
            kept = nil
            region = nil
        }
    }
}
