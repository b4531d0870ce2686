import CDPDK
import DPDKMultiProcess
import Glibc

/// Rings of values. Handles are kept as `ring NAME`, ends as `producer NAME` and `consumer NAME`.
let ringCommands: [String: Command] = [
    // `create-ring NAME CAPACITY [type=…] [producers=…] [consumers=…]`
    "create-ring": { request, session in
        try ElementType.named(request).create(request, session)
        return ""
    },
    // `look-up-ring NAME [type=…] [foreign=yes]`
    "look-up-ring": { request, session in
        try ElementType.named(request).lookUp(request, session)
        return ""
    },
    "destroy-ring": { request, session in
        try ring(request, session).destroy(in: session.primary)
        return ""
    },
    // Answers with its capacity, how many elements are in it, and how many more fit.
    "ring": { request, session in
        let ring = try ring(request, session)
        return "\(ring.capacity) \(ring.count) \(ring.freeCount)"
    },
    // Answers with the pids of the holders of the producer and the consumer, 0 for nobody.
    "holders": { request, session in
        let ring = try ring(request, session)
        return "\(ring.producerHolder?.pid ?? 0) \(ring.consumerHolder?.pid ?? 0)"
    },
    "producer": { request, session in
        session.keep(try ring(request, session).makeProducer(), as: "producer \(try request.word(0))")
        return ""
    },
    "consumer": { request, session in
        session.keep(try ring(request, session).makeConsumer(), as: "consumer \(try request.word(0))")
        return ""
    },
    // `enqueue NAME COUNT [from=FIRST]`: enqueues rising numbers, and answers with how many fitted.
    "enqueue": { request, session in
        let first = UInt64(request.number("from") ?? 0)
        let values = (0..<(try request.number(1, as: UInt64.self))).map { first + $0 }
        return try session.with("producer \(try request.word(0))", as: SharedRing<UInt64>.Producer.self) { producer in
            "\(producer.enqueueBurst(values.span))"
        }
    },
    // `dequeue NAME COUNT`: answers with the values.
    "dequeue": { request, session in
        let count: Int = try request.number(1)
        return try session.with("consumer \(try request.word(0))", as: SharedRing<UInt64>.Consumer.self) { consumer in
            let values = [UInt64](capacity: count) { output in _ = consumer.dequeueBurst(into: &output) }
            return values.map(String.init).joined(separator: " ")
        }
    },
    "shared-producer": { request, session in
        session.keep(try ring(request, session).makeSharedProducer(), as: "shared-producer \(try request.word(0))")
        return ""
    },
    "shared-consumer": { request, session in
        session.keep(try ring(request, session).makeSharedConsumer(), as: "shared-consumer \(try request.word(0))")
        return ""
    },
    // `shared-enqueue NAME COUNT`: answers with how many values fitted.
    "shared-enqueue": { request, session in
        let values = Array(0..<(try request.number(1, as: UInt64.self)))
        return try session.with(
            "shared-producer \(try request.word(0))", as: SharedRing<UInt64>.SharedProducer.self
        ) { producer in "\(producer.enqueueBurst(values.span))" }
    },
    // `shared-dequeue NAME COUNT`: answers with the values.
    "shared-dequeue": { request, session in
        let count: Int = try request.number(1)
        return try session.with(
            "shared-consumer \(try request.word(0))", as: SharedRing<UInt64>.SharedConsumer.self
        ) { consumer in
            let values = [UInt64](capacity: count) { output in _ = consumer.dequeueBurst(into: &output) }
            return values.map(String.init).joined(separator: " ")
        }
    },
    // `shared-begin NAME COUNT [side=consumers]`: begins an operation on a shared end, and goes no further. Answers
    // with how many elements it would move.
    "shared-begin": { request, session in
        guard let ring = unsafe cdpdk_ring_lookup(try request.word(0)) else { throw Misuse("there is no such ring") }
        let produces = request["side"] != "consumers"
        let shared = unsafe cdpdk_shared_ring(ring, 0, produces)
        return "\(unsafe cdpdk_shared_begin(shared, produces, try request.number(1), false).number)"
    },
    "pump": pump,
    "drain": drain,
    // `move-heads NAME DISTANCE`: moves the heads ahead of their tails, as a holder leaves them that was killed in a C
    // function.
    "move-heads": { request, session in
        let view = unsafe try rawView(request)
        let distance: UInt32 = try request.number(1)
        unsafe view.producer_head.pointee = view.producer_tail.pointee &+ distance
        unsafe view.consumer_head.pointee = view.consumer_tail.pointee &+ distance
        return ""
    },
    // `move-producer-tail NAME DISTANCE`: moves the tail, as one does that ends an operation in C.
    "move-producer-tail": { request, session in
        let view = unsafe try rawView(request)
        let distance: UInt32 = try request.number(1)
        unsafe view.producer_tail.pointee &+= distance
        return ""
    },
    // Answers with how far the heads of the producer and the consumer are ahead of their tails.
    "head-distances": { request, session in
        let view = unsafe try rawView(request)
        let producer = unsafe view.producer_head.pointee &- view.producer_tail.pointee
        let consumer = unsafe view.consumer_head.pointee &- view.consumer_tail.pointee
        return "\(producer) \(consumer)"
    },
]

/// The value that `pump` sends at a position and `drain` expects there.
private func pumped(_ position: UInt64) -> UInt64 { position &* 0x9e37_79b9_7f4a_7c15 }

/// `pump NAME COUNT`: sends COUNT values in bursts of changing sizes, as fast as the ring takes them.
@Sendable private func pump(_ request: Request, _ session: Session) throws -> String {
    let count: UInt64 = try request.number(1)
    return try session.with("producer \(try request.word(0))", as: SharedRing<UInt64>.Producer.self) { producer in
        var values = [UInt64](repeating: 0, count: 61)
        var sent: UInt64 = 0
        var refusals = 0
        while sent < count {
            let size = Int(min(1 + sent % 61, count - sent))
            for index in 0..<size { values[index] = pumped(sent + UInt64(index)) }
            let taken = producer.enqueueBurst(values.span.extracting(..<size))
            sent += UInt64(taken)
            if taken < size {
                refusals += 1
                sched_yield()
            }
        }
        return "\(refusals)"
    }
}

/// `drain NAME COUNT`: takes COUNT values, and checks that each is the one that `pump` sent at its position.
@Sendable private func drain(_ request: Request, _ session: Session) throws -> String {
    let count: UInt64 = try request.number(1)
    return try session.with("consumer \(try request.word(0))", as: SharedRing<UInt64>.Consumer.self) { consumer in
        var position: UInt64 = 0
        while position < count {
            let before = position
            let taken = try consumer.dequeueBurst(upTo: Int(min(57, count - position))) { values in
                for index in values.indices {
                    guard values[index] == pumped(position) else {
                        throw Misuse("value \(position) is \(values[index])")
                    }
                    position += 1
                }
                return values.count
            }
            guard position == before + UInt64(taken) else { throw Misuse("the count of values is wrong") }
            if taken == 0 { sched_yield() }
        }
        return "\(position)"
    }
}

private func rawView(_ request: Request) throws -> cdpdk_ring_view {
    guard let ring = unsafe cdpdk_ring_lookup(try request.word(0)) else { throw Misuse("there is no such ring") }
    return unsafe cdpdk_ring_view(ring)
}

private func ring(_ request: Request, _ session: Session) throws -> SharedRing<UInt64> {
    try session.kept("ring \(try request.word(0))")
}

/// A type of elements that a command can name. Without a name it is `u64`.
private struct ElementType {
    let create: (Request, Session) throws -> Void
    let lookUp: (Request, Session) throws -> Void

    init<Element: RingValue>(_ type: Element.Type) {
        create = { request, session in
            let ring = try SharedRing<Element>(
                creating: request.word(0), capacity: request.number(1), producers: access(request["producers"]),
                consumers: access(request["consumers"]), in: session.primary)
            session.keep(ring, as: "ring \(try request.word(0))")
        }
        lookUp = { request, session in
            let name = try request.word(0)
            func find(in process: DPDKProcess) throws -> SharedRing<Element> {
                if request["foreign"] == nil { return try SharedRing(lookingUp: name, in: process) }
                return unsafe try SharedRing(lookingUpForeign: name, in: process)
            }
            session.keep(try find(in: session.process), as: "ring \(name)")
        }
    }

    static func named(_ request: Request) throws -> ElementType {
        switch request["type"] ?? "u64" {
        case "u32": ElementType(UInt32.self)
        case "u64": ElementType(UInt64.self)
        case "tick": ElementType(Tick.self)
        case "old-tick": ElementType(OldTick.self)
        case let other: throw Misuse("there is no type '\(other)'")
        }
    }
}

private func access(_ name: String?) throws -> RingAccess {
    switch name ?? "exclusive" {
    case "exclusive": .exclusive
    case "multiple": .multiple
    case "relaxed-tail": .relaxedTailSync
    case "head-tail": .headTailSync
    case let other: throw Misuse("there is no access '\(other)'")
    }
}

/// Two declarations of one type, as two builds of a program may have them: the same size, but other fields.
private struct Tick: RingValue {
    var instrument: UInt32
    var quantity: UInt32
    var price: Double
}

private struct OldTick: RingValue {
    var instrument: UInt32
    var price: Float
    var quantity: UInt64
}
