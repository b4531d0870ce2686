import DPDKMultiProcess
import Glibc

/// Calls on ports at the same moment as other processes change them.
let portRaceCommands: [String: Command] = [
    // `insist-on-queue PORT INDEX`: takes a transmit queue and releases it, again and again, until it is refused, and
    // answers with the error's code.
    "insist-on-queue": { request, session in
        let port: EthPort = try session.kept("port \(try request.word(0))")
        let index: Int = try request.number(1)
        while true {
            do {
                let queue = try port.makeTransmitQueue(index)
                guard queue.index == index else { throw Misuse("queue \(queue.index) was taken") }
            } catch let error as DPDKError {
                return "\(error.code)"
            }
        }
    },
    // `insist-on-closing PORT`: closes the port as soon as nobody has a queue; answers with how often it was refused.
    "insist-on-closing": { request, session in
        let port: EthPort = try session.kept("port \(try request.word(0))")
        var refusals = 0
        while true {
            do {
                try port.close(in: session.primary)
                return "\(refusals)"
            } catch let error as DPDKError where error.code == .inUse {
                refusals += 1
            }
        }
    },
    // `insist-on-shutdown`: shuts down as soon as nothing is in use.
    "insist-on-shutdown": { _, session in
        while true {
            do {
                try session.process.shutdown()
                return ""
            } catch let error as DPDKError {
                guard error.code == .inUse else { throw error }
            }
        }
    },
    // `descriptors PORT`: how many descriptors a receive and a transmit queue have.
    "descriptors": { request, session in
        let port: EthPort = try session.kept("port \(try request.word(0))")
        let information = try port.information()
        func text(_ count: Int?) -> String { count.map { String($0) } ?? "-" }
        return "\(text(information.receiveDescriptorCount)) \(text(information.transmitDescriptorCount))"
    },
    // `configure-descriptors PORT POOL RECEIVE TRANSMIT`
    "configure-descriptors": { request, session in
        let configuration = EthPort.Configuration(
            receiveDescriptorCount: try request.number(2), transmitDescriptorCount: try request.number(3))
        let port = try EthPort(
            configuring: request.word(0), configuration, receivingInto: session.kept("pool \(try request.word(1))"),
            in: session.primary)
        session.keep(port, as: "port \(try request.word(0))")
        return ""
    },
]
