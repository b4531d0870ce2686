import CDPDK
import DPDKMultiProcess
import Glibc
import Synchronization

/// Packets. Handles are kept as `pool NAME` and `packet-ring NAME`, bursts and packets as `burst NAME` and
/// `packet NAME`, and ends as `packet-producer NAME` and `packet-consumer NAME`.
let packetCommands: [String: Command] = [
    // `create-pool NAME CAPACITY [room=BYTES] [cache=PACKETS]`
    "create-pool": making("pool") { request, session in
        try PacketPool(
            creating: request.word(0), capacity: request.number(1), dataRoom: request.number("room") ?? 256,
            cacheSize: request.number("cache") ?? 0, in: session.primary)
    },
    "look-up-pool": making("pool") { request, session in
        try PacketPool(lookingUp: request.word(0), in: session.process)
    },
    "destroy-pool": { request, session in
        try pool(request, session, 0).destroy(in: session.primary)
        return ""
    },
    // Answers with its capacity, and how many packets are free and in use.
    "pool": { request, session in
        let pool = try pool(request, session, 0)
        return "\(pool.capacity) \(pool.availableCount) \(pool.inUseCount)"
    },
    // Answers with how many packets each process holds, as `PID:COUNT` in the order of the pids.
    "held": { request, session in
        try pool(request, session, 0).packetsHeld().map { ($0.key.pid, $0.value) }.sorted { $0.0 < $1.0 }
            .map { "\($0.0):\($0.1)" }.joined(separator: " ")
    },
    // `burst NAME CAPACITY`
    "burst": making("burst") { request, session in
        try PacketBurst(capacity: request.number(1), in: session.process)
    },
    // `bursts-at-once THREADS COUNT CAPACITY`: so many threads make so many bursts each, and keep them until all have.
    "bursts-at-once": burstsAtOnce,
    // `allocate POOL COUNT BURST`: frames of 60 bytes.
    "allocate": { request, session in
        let pool = try pool(request, session, 0)
        return try session.with("burst \(try request.word(2))", as: PacketBurst.self) { burst in
            let count: Int = try request.number(1)
            guard pool.allocateBulk(count, into: &burst) else { return "none" }
            for index in burst.count - count..<burst.count { _ = burst[index].append(repeating: 0xaa, count: 60) }
            return "\(count)"
        }
    },
    // Frees the packets of a burst.
    "clear": { request, session in
        try session.with("burst \(try request.word(0))", as: PacketBurst.self) { $0.removeAll() }
        return ""
    },
    // `single POOL NAME`
    "single": { request, session in
        guard let packet = try pool(request, session, 0).allocate() else { return "none" }
        session.keep(packet, as: "packet \(try request.word(1))")
        return "1"
    },
    // `arena SLOT CHUNK`: how many packets the last holder of a process slot, dead or alive, has listed in a chunk.
    "arena": { request, _ in
        var zone = unsafe cdpdk_memzone_view()
        let name = "DPDKMP_arena_\(try request.word(0))_\(try request.word(1))"
        guard unsafe cdpdk_memzone_lookup(name, &zone) == 0, let address = unsafe zone.address else { return "none" }
        return "\(unsafe cdpdk_arena_visit(address, zone.length, nil, nil))"
    },
    // `create-packet-ring NAME CAPACITY`
    "create-packet-ring": making("packet-ring") { request, session in
        try SharedRing<Packet>(creating: request.word(0), capacity: request.number(1), in: session.primary)
    },
    // `look-up-packet-ring NAME [foreign=yes]`
    "look-up-packet-ring": making("packet-ring") { request, session in
        let name = try request.word(0)
        if request["foreign"] == nil { return try SharedRing<Packet>(lookingUp: name, in: session.process) }
        return unsafe try SharedRing<Packet>(lookingUpForeign: name, in: session.process)
    },
    "packet-producer": making("packet-producer") { request, session in
        try packetRing(request, session).makeProducer()
    },
    "packet-consumer": making("packet-consumer") { request, session in
        try packetRing(request, session).makeConsumer()
    },
    // `enqueue-burst RING BURST`: answers with how many were enqueued and how many are left in the burst.
    "enqueue-burst": { request, session in
        try session.with(
            "packet-producer \(try request.word(0))", as: SharedRing<Packet>.Producer.self, burst: request.word(1)
        ) { producer, burst in
            let count = producer.enqueueBurst(&burst)
            return "\(count) \(burst.count)"
        }
    },
    // `dequeue-burst RING BURST`: answers with how many were dequeued and how many are in the burst.
    "dequeue-burst": { request, session in
        try session.with(
            "packet-consumer \(try request.word(0))", as: SharedRing<Packet>.Consumer.self, burst: request.word(1)
        ) { consumer, burst in
            let count = consumer.dequeueBurst(into: &burst)
            return "\(count) \(burst.count)"
        }
    },
]

/// The pool whose name is the word at a position.
func pool(_ request: Request, _ session: Session, _ index: Int) throws -> PacketPool {
    try session.kept("pool \(try request.word(index))")
}

private func packetRing(_ request: Request, _ session: Session) throws -> SharedRing<Packet> {
    try session.kept("packet-ring \(try request.word(0))")
}

@Sendable private func burstsAtOnce(_ request: Request, _ session: Session) throws -> String {
    let process = try session.process
    let (threadCount, count, capacity): (Int, Int, Int) = try (request.number(0), request.number(1), request.number(2))
    let tally = Tally()
    let threads = try (0..<threadCount).map { number in
        Box(
            try ControlThread(named: "bursts \(number)", in: process) {
                let bursts = (0..<count).map { _ in Box(try? PacketBurst(capacity: capacity, in: process)) }
                tally.made.add(bursts.count { $0.thing != nil }, ordering: .relaxed)
                tally.ended.add(1, ordering: .sequentiallyConsistent)
                withExtendedLifetime(bursts) {
                    while tally.ended.load(ordering: .sequentiallyConsistent) < threadCount { usleep(100) }
                }
            })
    }
    for thread in threads { _ = consume thread }
    while tally.ended.load(ordering: .sequentiallyConsistent) < threadCount { usleep(100) }
    return "\(tally.made.load(ordering: .relaxed))"
}

private final class Tally: Sendable {
    let made = Atomic(0)
    let ended = Atomic(0)
}
