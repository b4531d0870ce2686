import DPDKMultiProcess
import Glibc

/// Ports. Handles are kept as `port NAME`, queues as `receive-queue PORT INDEX` and `transmit-queue PORT INDEX`, and a
/// transmit buffer as `buffer PORT`.
let portCommands: [String: Command] = [
    // `look-up-port NAME [foreign=yes]`
    "look-up-port": making("port") { request, session in
        let (name, process) = (try request.word(0), try session.process)
        if request["foreign"] == nil { return try EthPort(lookingUp: name, in: process) }
        return unsafe try EthPort(lookingUpForeign: name, in: process)
    },
    // `configure-port NAME POOL [queues=NUMBER] [receive=NUMBER] [transmit=NUMBER]`
    "configure-port": { request, session in
        let queues = request.number("queues") ?? 1
        let configuration = EthPort.Configuration(
            receiveQueueCount: request.number("receive") ?? queues,
            transmitQueueCount: request.number("transmit") ?? queues)
        let port = try EthPort(
            configuring: request.word(0), configuration, receivingInto: pool(request, session, 1),
            in: session.primary)
        session.keep(port, as: "port \(try request.word(0))")
        return ""
    },
    "start-port": { request, session in
        try port(request, session).start(in: session.primary)
        return ""
    },
    "stop-port": { request, session in
        try port(request, session).stop(in: session.primary)
        return ""
    },
    "close-port": { request, session in
        try port(request, session).close(in: session.primary)
        return ""
    },
    "ports": { _, session in
        func ids(in process: DPDKProcess) -> String {
            EthPort.ids(in: process).map(String.init).joined(separator: " ")
        }
        return try ids(in: session.process)
    },
    // Answers with the driver, and how many receive and transmit queues are set up.
    "port": { request, session in
        let information = try port(request, session).information()
        return "\(information.driver) \(information.receiveQueueCount) \(information.transmitQueueCount)"
    },
    "link": { request, session in try port(request, session).link().isUp ? "up" : "down" },
    // Answers with how many packets were received and sent.
    "statistics": { request, session in
        let statistics = try port(request, session).statistics()
        return "\(statistics.receivedPackets) \(statistics.transmittedPackets)"
    },
    // `receive-queue PORT INDEX`
    "receive-queue": { request, session in
        let queue = try port(request, session).makeReceiveQueue(request.number(1))
        session.keep(queue, as: "receive-queue \(try request.word(0)) \(try request.word(1))")
        return ""
    },
    // `transmit-queue PORT INDEX`
    "transmit-queue": { request, session in
        let queue = try port(request, session).makeTransmitQueue(request.number(1))
        session.keep(queue, as: "transmit-queue \(try request.word(0)) \(try request.word(1))")
        return ""
    },
    // `send PORT INDEX BURST`: answers with how many were sent and how many are left in the burst.
    "send": { request, session in
        try session.with(
            "transmit-queue \(try request.word(0)) \(try request.word(1))", as: TransmitQueue.self,
            burst: request.word(2)
        ) { queue, burst in
            let count = queue.transmitBurst(&burst)
            return "\(count) \(burst.count)"
        }
    },
    // `receive PORT INDEX BURST COUNT [within=MILLISECONDS] [type=NUMBER]`: waits for that many packets, of this
    // Ethernet type if one is given, and answers with how many came.
    "receive": { request, session in
        let wanted: Int = try request.number(3)
        return try session.with("burst \(try request.word(2))", as: PacketBurst.self) { burst in
            try session.with(
                "receive-queue \(try request.word(0)) \(try request.word(1))", as: ReceiveQueue.self
            ) { queue in
                let deadline = ContinuousClock.now + .milliseconds(request.number("within") ?? 15_000)
                while burst.count < wanted, ContinuousClock.now < deadline {
                    if queue.receiveBurst(into: &burst, upTo: wanted - burst.count) == 0 { usleep(200) }
                    guard let type = request.number("type") else { continue }
                    burst.removeAll { packet in packet.load(at: 12, as: UInt16.self) ?? 0 != type }
                }
                return "\(burst.count)"
            }
        }
    },
    // `buffer PORT INDEX CAPACITY`
    "buffer": making("buffer") { request, session in
        let queue = try port(request, session).makeTransmitQueue(request.number(1))
        return try TransmitBuffer(queue: queue, capacity: request.number(2), in: session.process)
    },
    // `gather PORT BURST`: answers with how many were sent, and how many are in the buffer.
    "gather": { request, session in
        try session.with("buffer \(try request.word(0))", as: TransmitBuffer.self, burst: request.word(1)) {
            buffer, burst in
            let sent = buffer.append(from: &burst)
            return "\(sent) \(buffer.count)"
        }
    },
]

private func port(_ request: Request, _ session: Session) throws -> EthPort {
    try session.kept("port \(try request.word(0))")
}
