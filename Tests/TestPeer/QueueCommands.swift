import CTestPeer
import DPDKMultiProcess
import Glibc
import Synchronization

private let logged = Mutex<[String]>([])

/// Queues whose holders are killed. The names are those of the other commands.
let queueCommands: [String: Command] = [
    // `doubtful POOL`: how many packets are in doubt.
    "doubtful": { request, session in "\(try pool(request, session, 0).doubtfulCount)" },
    // `balance POOL`: waits, for a second at most, until no packet is in doubt, and answers with how many packets are
    // free and in doubt then.
    "balance": { request, session in
        let pool = try pool(request, session, 0)
        let deadline = ContinuousClock.now + .seconds(1)
        while pool.availableCount < pool.capacity, ContinuousClock.now < deadline { usleep(1000) }
        return "\(pool.availableCount) \(pool.doubtfulCount)"
    },
    // `forget-driver DRIVER releases|keeps`: from now on it is one that is not known, and may keep packets in its
    // queues, also when they are stopped, or not.
    "forget-driver": { request, _ in
        let (driver, releases) = (try request.word(0), try request.word(1) == "releases")
        DriverTraits.unknown.withLock { $0[driver] = releases }
        return ""
    },
    // `die-in transmit|receive PORT`: the next such call on the port kills the process.
    "die-in": { request, session in
        let port: EthPort = try session.kept("port \(try request.word(1))")
        ctestpeer_die_in_call(UInt16(port.id), try request.word(0) == "transmit")
        return ""
    },
    // `die-keeping PORT`: the next call that transmits keeps packets in the queue, and kills the process.
    "die-keeping": { request, session in
        let port: EthPort = try session.kept("port \(try request.word(0))")
        guard ctestpeer_die_keeping(UInt16(port.id)) else { throw Misuse("the primary frees nothing at a stop") }
        return ""
    },
    // `free-at-stop`: from now on, transmit queues can be stopped, which frees the packets that are kept there.
    "free-at-stop": { _, _ in
        guard ctestpeer_free_at_stop() else { throw Misuse("there is no memory") }
        return ""
    },
    // `pump-queues POOL PORT PORT`: transmits from each port to the other, by queues 0 and a burst `b`, until it is
    // killed.
    "pump-queues": { request, session in
        let pool = try pool(request, session, 0)
        let ports = [try request.word(1), try request.word(2)]
        return try session.with("burst b", as: PacketBurst.self) { burst in
            while true {
                for (from, to) in [(ports[0], ports[1]), (ports[1], ports[0])] {
                    guard pool.allocateBulk(16, into: &burst) else { throw Misuse("there are no packets") }
                    burst.forEach { packet in _ = packet.append(repeating: 0xaa, count: 60) }
                    try session.with("transmit-queue \(from) 0", as: TransmitQueue.self) { queue in
                        _ = queue.transmitBurst(&burst)
                    }
                    burst.removeAll()
                    try session.with("receive-queue \(to) 0", as: ReceiveQueue.self) { queue in
                        _ = queue.receiveBurst(into: &burst)
                    }
                    burst.removeAll()
                }
            }
        }
    },
    // `log TEXT`: how many of the last lines of the log contain a word.
    "log": { request, _ in
        let word = try request.word(0)
        return "\(logged.withLock { $0.filter { $0.contains(word) }.count })"
    },
    // `keep-log`: keeps the lines that are logged from now on.
    "keep-log": { _, _ in
        EALLog.setHandler { entry in logged.withLock { $0.append(entry.message) } }
        return ""
    },
]
