import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Packet bursts", .serialized, .fewAtOnce)
struct PacketBurstTests {
    @Test func capacitiesAndPositions() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                for capacity in [0, -1, 8_193, .max, .min] {
                    refusal(.invalidSize) { _ = try PacketBurst(capacity: capacity, in: primary) }
                }
                let pool = try numberedPool(in: primary)
                var burst = try PacketBurst(capacity: 1, in: primary)
                check(burst.capacity == 1 && burst.isEmpty && !burst.isFull && burst.freeCapacity == 1)
                try fill(&burst, [4], from: pool)
                check(burst.isFull && burst.count == 1 && burst.freeCapacity == 0)
                let rejected = burst.append(try numbered(5, from: pool))
                check(rejected != nil && pool.inUseCount == 2)
                check(rejected?.load(at: 0, as: UInt32.self) == 5)
                check(numbers(&burst), is: [4])
                let large = try PacketBurst(capacity: 8_192, in: primary)
                check(large.capacity, is: 8_192)
            }
        }
    }

    @Test func positionsOutsideTrap() async {
        await #expect(processExitsWith: .trap) { try readPosition(0, of: []) }
        await #expect(processExitsWith: .trap) { try readPosition(2, of: [7, 8]) }
        await #expect(processExitsWith: .trap) { try readPosition(-1, of: [7, 8]) }
        await #expect(processExitsWith: .success) { try readPosition(1, of: [7, 8]) }
    }

    @Test func changesStayInTheBurst() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                var burst = try PacketBurst(capacity: 8, in: primary)
                try fill(&burst, [1, 2, 3, 4, 5], from: pool)
                for distance in [0, 1, 3, 5, 100, -1] {
                    burst.forEach(prefetching: distance) { packet in
                        _ = packet.store((packet.load(at: 0) ?? 0) + UInt32(10), at: 0)
                    }
                }
                check(numbers(&burst), is: [61, 62, 63, 64, 65])
                _ = burst[2].store(UInt32(9), at: 0)
                _ = burst[4].append(repeating: 1, count: 6)
                check(burst[2].load(at: 0, as: UInt32.self), is: 9)
                check(burst[4].length, is: 10)
                burst.prefetch(0)
                burst.prefetch(-1)
                burst.prefetch(5)
                check(numbers(&burst), is: [61, 62, 9, 64, 65])
                // An error ends the loop and keeps the packets.
                struct Stop: Error {}
                var seen = 0
                #expect(throws: Stop.self) {
                    try burst.forEach { (packet) throws(Stop) in
                        seen += 1
                        if packet.load(at: 0, as: UInt32.self) == 9 { throw Stop() }
                    }
                }
                check(seen == 3 && burst.count == 5)
            }
        }
    }

    @Test func packetsEnterAndLeaveAtBothEnds() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                var burst = try PacketBurst(capacity: 4, in: primary)
                check(try burst.popFirst() == nil && burst.popLast() == nil)
                try fill(&burst, [1, 2, 3, 4], from: pool)
                do {
                    let first = try burst.popFirst()
                    let last = try burst.popLast()
                    check(first?.load(at: 0, as: UInt32.self) == 1 && last?.load(at: 0, as: UInt32.self) == 4)
                    check(numbers(&burst), is: [2, 3])
                    check(pool.inUseCount, is: 4)
                }
                check(pool.inUseCount, is: 2)
                // First two at the end of the entries, then one at the front, so that the run moves to the front.
                check(burst.append(try numbered(5, from: pool)) == nil)
                check(burst.append(try numbered(6, from: pool)) == nil)
                check(numbers(&burst), is: [2, 3, 5, 6])
                burst.removeFirst(3)
                check(numbers(&burst) == [6] && pool.inUseCount == 1)
                burst.removeFirst(-1)
                burst.removeFirst(0)
                check(burst.count, is: 1)
                burst.removeFirst(.max)
                check(burst.isEmpty && pool.inUseCount == 0)
                burst.removeAll()
                check(burst.isEmpty)
            }
        }
    }

    @Test func burstsMoveIntoBursts() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                var source = try PacketBurst(capacity: 16, in: primary)
                var target = try PacketBurst(capacity: 8, in: primary)
                check(target.append(from: &source), is: 0)
                try fill(&source, Array(0..<10), from: pool)
                check(target.append(from: &source), is: 8)
                check(numbers(&target), is: Array(0..<8))
                check(numbers(&source), is: [8, 9])
                check(target.append(from: &source), is: 0)
                target.removeFirst(3)
                try fill(&source, [10, 11], from: pool)
                // Three fit. The run of the target begins in the middle.
                check(target.append(from: &source), is: 3)
                check(numbers(&target), is: [3, 4, 5, 6, 7, 8, 9, 10])
                check(numbers(&source), is: [11])
                check(pool.inUseCount, is: 9)
                check(source.append(from: &target), is: 8)
                check(numbers(&source), is: [11, 3, 4, 5, 6, 7, 8, 9, 10])
                check(target.isEmpty && pool.inUseCount == 9)
            }
        }
    }

    @Test func removalKeepsTheOrderOfTheRest() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                var burst = try PacketBurst(capacity: 16, in: primary)
                check(burst.removeAll { _ in true }, is: 0)
                // Every pattern of five packets, with the run at the front and in the middle of the entries.
                for pattern in UInt32(0)..<32 {
                    for skipped in 0..<3 {
                        burst.removeAll()
                        try fill(&burst, [UInt32](repeating: 99, count: skipped) + [0, 1, 2, 3, 4], from: pool)
                        burst.removeFirst(skipped)
                        var order: [UInt32] = []
                        let removed = burst.removeAll { packet in
                            let number = packet.load(at: 0, as: UInt32.self) ?? 0
                            order.append(number)
                            return pattern >> number & 1 == 1
                        }
                        let kept = (UInt32(0)..<5).filter { pattern >> $0 & 1 == 0 }
                        check(order, is: [0, 1, 2, 3, 4])
                        check(removed == 5 - kept.count && numbers(&burst) == kept, "\(pattern) \(skipped)")
                        check(pool.inUseCount, is: kept.count)
                        // Packets that are added later go to the end.
                        try fill(&burst, [50], from: pool)
                        check(numbers(&burst), is: kept + [50])
                    }
                }
                burst.removeAll()
                check(pool.inUseCount, is: 0)
                // The closure may change a packet that stays.
                try fill(&burst, [1, 2], from: pool)
                burst.removeAll { packet in
                    _ = packet.store(UInt32(7), at: 0)
                    return false
                }
                check(numbers(&burst), is: [7, 7])
            }
        }
    }

    @Test func scatteringKeepsTheOrderInEachTarget() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                var source = try PacketBurst(capacity: 16, in: primary)
                var targets = try InlineArray<3, PacketBurst> { index throws in
                    try PacketBurst(capacity: 4 - index, in: primary)
                }
                try fill(&source, Array(0..<16), from: pool)
                // There is no target 3, -1 or Int.max. Target 0 has room for four packets, target 2 for two.
                var asked: [UInt32] = []
                var places = targets.mutableSpan
                var moved = source.scatter(into: &places) { packet in
                    let number: UInt32 = packet.load(at: 0) ?? 0
                    asked.append(number)
                    return [0, 1, 2, 3, -1, 0, .max, 2, 0, 2, .min, 0, 0, 1, 2, 0][Int(number)]
                }
                check(asked, is: Array(0..<16))
                check(moved, is: 8)
                check(numbers(&places[0]), is: [0, 5, 8, 11])
                check(numbers(&places[1]), is: [1, 13])
                check(numbers(&places[2]), is: [2, 7])
                check(numbers(&source), is: [3, 4, 6, 9, 10, 12, 14, 15])
                check(pool.inUseCount, is: 16)
                // From the middle of the entries, into runs that begin in the middle.
                source.removeFirst(2)
                places[0].removeFirst(3)
                places[1].removeFirst(1)
                moved = source.scatter(into: &places) { packet in
                    _ = packet.store((packet.load(at: 0) ?? 0) + UInt32(100), at: 0)
                    return packet.load(at: 0, as: UInt32.self) == 114 ? -1 : packet.length % 2
                }
                check(moved, is: 3)
                check(numbers(&places[0]), is: [11, 106, 109, 110])
                check(numbers(&source), is: [112, 114, 115])
                check(source.scatter(into: &places) { _ in -1 } == 0 && source.count == 3)
                check(pool.inUseCount, is: 3 + 4 + 1 + 2)
            }
        }
    }

    @Test func aRunMovesToTheFrontWhenItMust() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try numberedPool(in: primary)
                // For each capacity, every number of packets removed from the front, and then every number added: runs
                // that overlap their new place, and runs that do not.
                for capacity in 1...9 {
                    var burst = try PacketBurst(capacity: capacity, in: primary)
                    for gone in 0...capacity {
                        for coming in 0...capacity {
                            burst.removeAll()
                            var next: UInt32 = 0
                            func more(_ count: Int) -> [UInt32] {
                                defer { next += UInt32(count) }
                                return (0..<UInt32(count)).map { next + $0 }
                            }
                            var expected = more(capacity)
                            try fill(&burst, expected, from: pool)
                            burst.removeFirst(gone)
                            expected.removeFirst(gone)
                            let added = more(min(coming, gone))
                            try fill(&burst, added, from: pool)
                            expected += added
                            check(numbers(&burst), is: expected, "\(capacity) \(gone) \(coming)")
                            check(pool.inUseCount, is: expected.count)
                        }
                    }
                }
                check(pool.inUseCount, is: 0)
            }
        }
    }

    @Test func aBurstWorksOnAnotherThread() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(lcores: 2) { primary in
                let pool = try numberedPool(in: primary)
                var burst = try PacketBurst(capacity: 8, in: primary)
                try fill(&burst, [1, 2, 3], from: pool)
                let task = try primary.workers[0].run(consuming: burst) { burst in
                    burst.removeFirst(1)
                    burst.forEach { packet in _ = packet.store((packet.load(at: 0) ?? 0) * UInt32(10), at: 0) }
                    if let packet = try pool.allocate() { _ = burst.append(packet) }
                }
                var back = try task.join()
                check(pool.inUseCount, is: 3)
                // The last one is the empty packet of the other thread.
                check(numbers(&back), is: [20, 30, .max])
                // A task that throws releases the burst.
                struct Stop: Error {}
                let second = try primary.workers[0].run(consuming: back) { (_) throws(Stop) in throw Stop() }
                do {
                    _ = try second.join()
                    check(false, "nothing was thrown")
                } catch {}
                check(pool.inUseCount, is: 0)
            }
        }
    }
}

/// Reads the packet at a position of a burst with these numbers. Traps if there is none.
private func readPosition(_ position: Int, of numbers: [UInt32]) throws {
    try asPrimary { primary in
        let pool = try numberedPool(in: primary)
        var burst = try PacketBurst(capacity: 4, in: primary)
        try fill(&burst, numbers, from: pool)
        TestRun.removeFiles(of: primary.filePrefix)
        check(burst[position].load(at: 0, as: UInt32.self), is: numbers[position])
    }
}
