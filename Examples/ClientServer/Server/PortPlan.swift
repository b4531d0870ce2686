import ClientServer
import DPDKMultiProcess

/// How a port is to be set up: one transmit queue for each client, and one receive queue unless the driver wants more.
struct PortPlan {
    let id: Int
    let configuration: EthPort.Configuration

    init(port id: Int, clients: Int, in primary: PrimaryProcess) throws {
        self.id = id
        let information = try EthPort(lookingUp: id, in: primary).information()
        configuration = EthPort.Configuration(
            receiveQueueCount: information.pairsQueues ? clients : 1, transmitQueueCount: clients, isPromiscuous: true)
    }

    /// How many packets are in the port's queues at most.
    var packets: Int {
        configuration.receiveQueueCount * configuration.receiveDescriptorCount
            + configuration.transmitQueueCount * configuration.transmitDescriptorCount
    }
}

/// Waits until the links of all ports are up, or time is up, and says how they are.
///
/// A port that was moved to another network namespace reads as down for ever, so this is for the start only.
func waitForLinks(of ports: [EthPort], upTo patience: Duration) throws {
    let deadline = ContinuousClock.now + patience
    while try !ports.allSatisfy({ try $0.link().isUp }), ContinuousClock.now < deadline, !StopSignal.isRaised { nap() }
    for port in ports {
        let link = try port.link()
        let speed = link.megabitsPerSecond.map { " at \($0) Mbit/s" } ?? ""
        Program.note("port \(port.id) (\(port.name)): link \(link.isUp ? "up" + speed : "down")")
    }
}
