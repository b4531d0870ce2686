import BasicContainers
import ClientServer
import DPDKMultiProcess
import Glibc

extension EthPort.Configuration {
    /// One transmit queue for each client, and one receive queue unless the driver wants more.
    init(for port: EthPort, clients: Int) throws {
        let pairsQueues = try port.information().pairsQueues
        self.init(receiveQueueCount: pairsQueues ? clients : 1, transmitQueueCount: clients, isPromiscuous: true)
    }

    /// How many packets are in the port's queues at most.
    var packetCount: Int {
        receiveQueueCount * receiveDescriptorCount + transmitQueueCount * transmitDescriptorCount
    }
}

extension EthPort {
    /// Takes all receive queues of the port.
    func makeReceiveQueues() throws -> UniqueArray<ReceiveQueue> {
        try UniqueArray(for: 0..<information().receiveQueueCount) { try makeReceiveQueue($0) }
    }
}

/// Waits until the links of all ports are up, or time is up, and says how they are.
///
/// A port that was moved to another network namespace reads as down for ever, so this is for the start only.
func waitForLinks(of ports: [EthPort], upTo patience: Duration) throws {
    let deadline = ContinuousClock.now + patience
    while .now < deadline, !StopSignal.isRaised, try !ports.allSatisfy({ try $0.link().isUp }) { usleep(10_000) }
    for port in ports {
        let link = try port.link()
        let speed = link.megabitsPerSecond.map { " at \($0) Mbit/s" } ?? ""
        Program.note("port \(port.id) (\(port.name)): link \(link.isUp ? "up" + speed : "down")")
    }
}
