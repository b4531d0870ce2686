import CDPDK
import DPDKMultiProcess

extension Operation {
    // MARK: - Rings and moves

    static var rings: [Operation] {
        [
            Operation(
                name: "exclusive ring: bursts around its end",
                prepare: { $0.allocate(13, from: $0.large) },
                run: { child in
                    for _ in 0..<6 {
                        _ = child.producer.enqueueBurst(&child.burst)
                        _ = child.consumer.dequeueBurst(into: &child.burst)
                    }
                }),
            Operation(
                name: "exclusive ring: parts of bursts",
                prepare: { $0.allocate(40, from: $0.large) },
                run: { child in
                    _ = child.producer.enqueueBurst(&child.burst)
                    _ = child.consumer.dequeueBurst(into: &child.other, upTo: 5)
                    _ = child.producer.enqueueBurst(&child.burst, upTo: 3)
                    _ = child.consumer.dequeueBurst(into: &child.burst)
                }),
            Operation(
                name: "exclusive ring: more for a burst that has some",
                prepare: { $0.allocate(9, from: $0.large) },
                run: { child in
                    _ = child.producer.enqueueBurst(&child.burst)
                    for count in [5, 2, 2] { _ = child.consumer.dequeueBurst(into: &child.burst, upTo: count) }
                }),
            Operation(
                name: "exclusive ring: bulks",
                prepare: { $0.allocate(20, from: $0.large) },
                run: { child in
                    _ = child.producer.enqueueBulk(&child.burst)
                    _ = child.consumer.dequeueBulk(20, into: &child.burst)
                }),
            Operation(
                name: "exclusive ring: single packets",
                prepare: { $0.packet = try? $0.large.allocate() },
                run: { child in
                    for _ in 0..<3 {
                        if let packet = child.packet.take() { child.packet = child.producer.enqueue(packet) }
                        child.packet = try? child.consumer.dequeue()
                    }
                }),
            Operation(
                name: "exclusive ring: two bursts in turn",
                prepare: { child in
                    child.allocate(6, from: child.large)
                    _ = child.other.append(from: &child.burst)
                    child.allocate(13, from: child.large)
                },
                run: { child in
                    for _ in 0..<2 {
                        _ = child.producer.enqueueBurst(&child.burst, upTo: 5)
                        _ = child.producer.enqueueBurst(&child.other)
                        _ = child.consumer.dequeueBurst(into: &child.other, upTo: 4)
                        _ = child.consumer.dequeueBurst(into: &child.burst, upTo: 3)
                    }
                    child.burst.removeFirst(2)
                    child.other.removeAll()
                }),
            Operation(
                name: "exclusive ring: single packets between parts of a burst",
                prepare: { child in
                    child.allocate(7, from: child.large)
                    child.packet = try? child.large.allocate()
                },
                run: { child in
                    for _ in 0..<2 {
                        _ = child.producer.enqueueBurst(&child.burst, upTo: 3)
                        if let packet = child.packet.take() { child.packet = child.producer.enqueue(packet) }
                        _ = child.consumer.dequeueBurst(into: &child.burst, upTo: 2)
                        child.packet = try? child.consumer.dequeue()
                    }
                }),
            Operation(
                name: "exclusive ring: the end of another end",
                prepare: { child in
                    child.allocate(6, from: child.large)
                    _ = child.other.append(from: &child.burst)
                    child.allocate(8, from: child.large)
                    child.takeSpare()
                    _ = child.spareProducer?.enqueueBurst(&child.burst, upTo: 3)
                    child.takeSpare()
                },
                run: { child in
                    _ = child.spareProducer?.enqueueBurst(&child.other, upTo: 5)
                    child.spareProducer = nil
                }),
            Operation(
                name: "exclusive ring: the end of another consuming end",
                prepare: { child in
                    child.allocate(8, from: child.large)
                    child.takeSpare()
                    _ = child.spareProducer?.enqueueBurst(&child.burst)
                    _ = child.spareConsumer?.dequeueBurst(into: &child.burst, upTo: 3)
                    child.takeSpare()
                },
                run: { child in
                    _ = child.spareConsumer?.dequeueBurst(into: &child.other)
                    child.spareConsumer = nil
                }),
            Operation(
                name: "HTS ring: bursts around its end",
                prepare: { $0.allocate(13, from: $0.large) },
                run: { child in
                    for _ in 0..<6 {
                        _ = child.sharedProducer.enqueueBurst(&child.burst)
                        _ = child.sharedConsumer.dequeueBurst(into: &child.burst)
                    }
                }),
            Operation(
                name: "HTS ring: parts of bursts, and bulks",
                prepare: { $0.allocate(40, from: $0.large) },
                run: { child in
                    _ = child.sharedProducer.enqueueBulk(&child.burst)
                    _ = child.sharedProducer.enqueueBurst(&child.burst)
                    _ = child.sharedConsumer.dequeueBulk(7, into: &child.other)
                    _ = child.sharedConsumer.dequeueBurst(into: &child.third)
                    _ = child.sharedProducer.enqueueBulk(&child.other)
                }),
            Operation(
                name: "HTS ring: single packets",
                prepare: { $0.packet = try? $0.large.allocate() },
                run: { child in
                    for _ in 0..<3 {
                        if let packet = child.packet.take() { child.packet = child.sharedProducer.enqueue(packet) }
                        child.packet = try? child.sharedConsumer.dequeue()
                    }
                }),
        ]
    }

    static var moves: [Operation] {
        [
            Operation(
                name: "move: append(from:), scatter",
                prepare: { $0.allocate(20, from: $0.large) },
                run: { child in
                    _ = child.other.append(from: &child.burst)
                    var index = 0
                    var targets = child.targets.mutableSpan
                    _ = child.other.scatter(into: &targets) { _ in
                        index += 1
                        return index % 3
                    }
                }),
            Operation(
                name: "move: popFirst, popLast, append",
                prepare: { $0.allocate(6, from: $0.large) },
                run: { child in
                    for _ in 0..<2 {
                        child.packet = try? child.burst.popFirst()
                        if let packet = child.packet.take() { child.packet = child.other.append(packet) }
                        child.packet = try? child.burst.popLast()
                        if let packet = child.packet.take() { child.packet = child.burst.append(packet) }
                    }
                }),
            Operation(
                name: "move: to the front of the burst",
                prepare: { child in
                    child.allocate(8, from: child.large)
                    _ = child.targets[1].append(from: &child.burst)
                    child.allocate(8, from: child.large)
                    _ = child.producer.enqueueBurst(&child.targets[1], upTo: 3)
                },
                run: { child in _ = child.targets[1].append(from: &child.burst) }),
        ]
    }

    // MARK: - Pools

    static var pools: [Operation] {
        [
            Operation(
                name: "allocate and free: bursts",
                prepare: { child in
                    child.allocate(30, from: child.large)
                    child.burst.removeAll()
                },
                run: { child in
                    child.allocate(20, from: child.large)
                    child.burst.removeFirst(7)
                    child.burst.removeAll()
                }),
            Operation(
                name: "allocate and free: single packets",
                run: { child in
                    child.packet = try? child.large.allocate()
                    child.packet = nil
                    child.packet = try? child.small.allocate()
                    child.packet = nil
                }),
            Operation(
                name: "allocate: more than the cache has",
                run: { child in for _ in 0..<3 { child.allocate(30, from: child.large) } }),
            Operation(
                name: "allocate: from an empty pool",
                prepare: { child in while child.small.allocateBulk(1, into: &child.burst) {} },
                run: { child in
                    _ = child.small.allocateBulk(4, into: &child.burst)
                    child.packet = try? child.small.allocate()
                    child.burst.removeFirst(3)
                    _ = child.small.allocateBulk(4, into: &child.burst)
                    _ = child.small.allocateBulk(3, into: &child.burst)
                }),
            Operation(
                name: "free: more than the cache holds",
                prepare: { child in
                    child.allocate(100, from: child.large)
                    _ = child.other.append(from: &child.burst)
                },
                run: { child in for _ in 0..<4 { child.other.removeFirst(25) } }),
            Operation(
                name: "free: around the end of a pool's ring",
                run: { child in
                    for _ in 0..<3 {
                        child.allocate(30, from: child.small)
                        child.burst.removeAll()
                    }
                }),
            Operation(
                name: "free: packets of two pools",
                prepare: { $0.allocateMixed(40) },
                run: { $0.burst.removeAll() }),
            Operation(
                name: "free: at the end of a burst's scope",
                run: { child in
                    guard var burst = try? PacketBurst(capacity: 8, in: child.process) else { return }
                    _ = child.large.allocateBulk(5, into: &burst)
                }),
            Operation(
                name: "allocate: into a burst for which the arena grows",
                run: { child in
                    guard var burst = try? PacketBurst(capacity: 8192, in: child.process) else { return }
                    _ = child.large.allocateBulk(5, into: &burst)
                    burst.removeFirst(2)
                }),
            Operation(
                name: "free: the caches of the lcore",
                prepare: { $0.fillCaches() },
                run: { _ in cdpdk_pool_flush_caches(UInt32(Child.lcore)) }),
            Operation(
                name: "free: removeAll(where:)",
                prepare: { child in
                    child.allocate(12, from: child.large)
                    for index in 0..<12 { _ = child.burst[index].append(repeating: 7, count: index) }
                },
                run: { child in
                    child.burst.removeAll { $0.length.isMultiple(of: 3) }
                    child.burst.removeAll { _ in false }
                    child.burst.removeAll { _ in true }
                }),
        ]
    }
}
