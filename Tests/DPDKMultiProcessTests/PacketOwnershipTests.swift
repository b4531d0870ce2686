import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

/// Moves numbered packets at random, and compares the result with a model of where each packet must be.
@Suite("Every packet has one owner", .serialized, .fewAtOnce)
struct PacketOwnershipTests {
    @Test func aBlockedRingFreesNoPacketsOfOthers() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "pool", capacity: 63, cacheSize: 0, in: primary)
                let ring = try SharedRing<Packet>(
                    creating: "ring", capacity: 63, consumers: .relaxedTailSync, in: primary)
                var burst = try PacketBurst(capacity: 8, in: primary)
                do {
                    var producer = try ring.makeProducer()
                    let consumer = try ring.makeSharedConsumer()
                    check(pool.allocateBulk(8, into: &burst))
                    check(producer.enqueueBurst(&burst), is: 8)
                    // Somebody has begun to take two, and goes no further. The head, a number of operations and a
                    // position, follows the tail, the mode and the lead.
                    let raw = unsafe try #require(cdpdk_ring_lookup("ring"))
                    let view = unsafe cdpdk_ring_view(raw)
                    unsafe view.consumer_head[4] += 1
                    unsafe view.consumer_head[5] += 2
                    check(consumer.dequeueBulk(3, into: &burst))
                }
                try ring.destroy(in: primary)
                // Three are in the burst, and two are nobody's.
                check(pool.inUseCount, is: 5)
                burst.removeAll()
                check(pool.inUseCount, is: 2)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func aModelAgrees(seed: UInt64) async {
        await #expect(processExitsWith: .success) { [seed = seed as UInt64] in
            try asPrimary { primary in
                // The cache changes only where free packets are.
                let pool = try numberedPool(31, cacheSize: seed % 2 == 0 ? 0 : 8, in: primary)
                var state = try OwnershipModel(pool, seed: seed, in: primary)
                for step in 0..<4_000 {
                    let move = try state.move()
                    let found = state.found
                    guard found == state.expected, pool.inUseCount == state.expectedCount else {
                        throw Missing(
                            what: "\(move) of step \(step): \(pool.inUseCount) in use, found \(found),"
                                + " expected \(state.expected)")
                    }
                }
                state.moveOn()
                check(pool.inUseCount, is: state.expectedCount)
                _ = consume state
                // At the end, only the rings own packets.
                for name in ["exclusive", "shared"] {
                    try SharedRing<Packet>(lookingUp: name, in: primary).destroy(in: primary)
                }
                check(pool.inUseCount, is: 0)
            }
        }
    }
}

/// Bursts, single packets, and rings of both kinds, with their ends.
private struct OwnershipModel: ~Copyable {
    private let pool: PacketPool
    private var random: Numbers
    private var next: UInt32 = 0

    private var source: PacketBurst
    private var bursts: InlineArray<3, PacketBurst>
    private var singles = InlineArray<4, Packet?> { _ in nil }
    private var producer: SharedRing<Packet>.Producer
    private var consumer: SharedRing<Packet>.Consumer
    private let sharedProducer: SharedRing<Packet>.SharedProducer
    private let sharedConsumer: SharedRing<Packet>.SharedConsumer

    /// What each must hold: the source, the three bursts, the two rings, and the four single packets.
    private(set) var expected = [[UInt32]](repeating: [], count: 10)
    private static let room = [8, 1, 5, 32, 6, 9, 1, 1, 1, 1]

    init(_ pool: PacketPool, seed: UInt64, in primary: PrimaryProcess) throws {
        let ring = try SharedRing<Packet>(creating: "exclusive", capacity: 6, in: primary)
        let shared = try SharedRing<Packet>(
            creating: "shared", capacity: 9, producers: .headTailSync, consumers: .multiple, in: primary)
        let room = Self.room
        let source = try PacketBurst(capacity: room[0], in: primary)
        let bursts = try InlineArray<3, PacketBurst> { index throws in
            try PacketBurst(capacity: room[1 + index], in: primary)
        }
        let producer = try ring.makeProducer()
        let consumer = try ring.makeConsumer()
        let sharedProducer = try shared.makeSharedProducer()
        let sharedConsumer = try shared.makeSharedConsumer()
        // A noncopyable value cannot be initialised in part.
        self.pool = pool
        random = Numbers(state: seed)
        self.source = source
        self.bursts = bursts
        self.producer = producer
        self.consumer = consumer
        self.sharedProducer = sharedProducer
        self.sharedConsumer = sharedConsumer
    }

    var expectedCount: Int { expected.reduce(0) { $0 + $1.count } }

    /// What each holds. For the rings, this is only their number of packets.
    var found: [[UInt32]] {
        mutating get {
            var found = [numbers(&source)]
            for index in bursts.indices { found.append(numbers(&bursts[index])) }
            found.append(consumer.count == expected[4].count ? expected[4] : [.max])
            found.append(expected[5])
            for index in singles.indices {
                if let number: UInt32 = singles[index]?.load(at: 0) { found.append([number]) } else { found.append([]) }
            }
            return found
        }
    }
}

extension OwnershipModel {
    /// Makes one random move, and returns its description.
    mutating func move() throws -> String {
        let burst = random.below(3)
        let single = random.below(4)
        switch random.below(20) {
        case 0:
            if expected[6 + single].isEmpty, expectedCount < pool.capacity {
                singles[single] = try numbered(next, from: pool)
                expected[6 + single] = [number()]
            }
            return "allocation"
        case 1, 2:
            return allocate(random.below(8))
        case 3:
            singles[single] = nil
            expected[6 + single] = []
            return "end of a single packet"
        case 4, 5:
            guard let packet = singles[single].take() else { return "nothing" }
            singles[single] = bursts[burst].append(packet)
            move(from: 6 + single, to: 1 + burst, upTo: 1)
            return "append of a packet"
        case 6:
            guard expected[6 + single].isEmpty else { return "nothing" }
            singles[single] = try bursts[burst].popFirst()
            move(from: 1 + burst, to: 6 + single, upTo: 1)
            return "popFirst"
        case 7:
            guard expected[6 + single].isEmpty else { return "nothing" }
            singles[single] = try bursts[burst].popLast()
            expected[6 + single] = expected[1 + burst].popLast().map { [$0] } ?? []
            return "popLast"
        case 8:
            check(bursts[burst].append(from: &source), is: move(from: 0, to: 1 + burst))
            return "append of the source"
        case 9, 10:
            check(source.append(from: &bursts[burst]), is: move(from: 1 + burst, to: 0))
            return "append to the source"
        case 11:
            let limit = random.below(9) - 1
            check(producer.enqueueBurst(&bursts[burst], upTo: limit), is: move(from: 1 + burst, to: 4, upTo: limit))
            return "enqueue up to \(limit)"
        case 12:
            let fits = expected[1 + burst].count <= Self.room[4] - expected[4].count
            check(producer.enqueueBulk(&bursts[burst]), is: fits)
            if fits { move(from: 1 + burst, to: 4) }
            return "enqueue of all"
        case 13:
            guard let packet = singles[single].take() else { return "nothing" }
            singles[single] = producer.enqueue(packet)
            move(from: 6 + single, to: 4, upTo: 1)
            return "enqueue of a packet"
        case 14:
            check(consumer.dequeueBurst(into: &bursts[burst]), is: move(from: 4, to: 1 + burst))
            return "dequeue"
        case 15:
            guard expected[6 + single].isEmpty else { return "nothing" }
            singles[single] = try consumer.dequeue()
            move(from: 4, to: 6 + single, upTo: 1)
            return "dequeue of a packet"
        case 16:
            check(sharedProducer.enqueueBurst(&bursts[burst]), is: move(from: 1 + burst, to: 5))
            return "enqueue into the shared ring"
        case 17:
            check(sharedConsumer.dequeueBurst(into: &source), is: move(from: 5, to: 0))
            return "dequeue from the shared ring"
        case 18:
            return scatter()
        default:
            return remove(from: burst)
        }
    }

    /// Releases the ends of all rings, and all bursts. The packets in the rings stay.
    mutating func moveOn() {
        source.removeAll()
        expected[0] = []
        for index in bursts.indices {
            bursts[index].removeAll()
            expected[1 + index] = []
        }
        for index in singles.indices {
            singles[index] = nil
            expected[6 + index] = []
        }
    }

    private mutating func allocate(_ count: Int) -> String {
        let fits = count <= min(pool.capacity - expectedCount, Self.room[0] - expected[0].count)
        check(pool.allocateBulk(count, into: &source), is: fits)
        guard fits else { return "refused allocation of \(count)" }
        for index in source.count - count..<source.count {
            _ = source[index].append(repeating: 0, count: 4)
            _ = source[index].store(next, at: 0)
            expected[0].append(number())
        }
        return "allocation of \(count)"
    }

    private mutating func scatter() -> String {
        let divisor = UInt32(random.below(5) + 1)
        var targets = bursts.mutableSpan
        let moved = source.scatter(into: &targets) { packet in
            Int((packet.load(at: 0, as: UInt32.self) ?? 0) / 3 % divisor) - 1
        }
        var kept: [UInt32] = []
        for number in expected[0] {
            let target = Int(number / 3 % divisor) - 1
            if (0..<3).contains(target), expected[1 + target].count < Self.room[1 + target] {
                expected[1 + target].append(number)
            } else {
                kept.append(number)
            }
        }
        check(moved, is: expected[0].count - kept.count)
        expected[0] = kept
        return "scattering by \(divisor)"
    }

    private mutating func remove(from burst: Int) -> String {
        switch random.below(3) {
        case 0:
            let count = random.below(5)
            bursts[burst].removeFirst(count)
            expected[1 + burst].removeFirst(min(count, expected[1 + burst].count))
            return "removal of the first \(count)"
        case 1:
            let divisor = UInt32(random.below(3) + 1)
            source.removeAll { packet in (packet.load(at: 0, as: UInt32.self) ?? 0) % divisor == 0 }
            expected[0].removeAll { $0 % divisor == 0 }
            return "removal by \(divisor)"
        default:
            bursts[burst].removeAll()
            expected[1 + burst] = []
            return "removal of all"
        }
    }

    /// Moves packets in the model, from the front: as many as are wanted, available and fit.
    @discardableResult
    private mutating func move(from: Int, to: Int, upTo limit: Int = .max) -> Int {
        let count = max(0, min(expected[from].count, Self.room[to] - expected[to].count, limit))
        expected[to] += expected[from].prefix(count)
        expected[from].removeFirst(count)
        return count
    }

    private mutating func number() -> UInt32 {
        defer { next += 1 }
        return next
    }
}

/// The same numbers for the same seed (xorshift64*).
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 2_685_821_657_736_338_717
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}
