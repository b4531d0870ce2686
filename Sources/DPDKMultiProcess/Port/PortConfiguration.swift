/// How a port is set up: its queues and what it receives.
///
/// The corresponding C type is `struct rte_eth_conf`.
public struct PortConfiguration: Hashable, Sendable {
    /// How many receive queues, 1 to the device's limit.
    public var receiveQueues: Int
    /// How many transmit queues, 1 to the device's limit. Each process that sends takes one of its own.
    public var transmitQueues: Int
    /// How many descriptors each receive queue has, adjusted to the device.
    public var receiveDescriptors: Int
    /// How many descriptors each transmit queue has, adjusted to the device.
    public var transmitDescriptors: Int
    /// The largest payload of a frame in bytes, nil for the device's default.
    public var mtu: Int?
    /// Whether frames for other addresses are received too.
    public var promiscuous: Bool
    /// Whether received packets are spread over the queues by a hash of their flow, where the device can.
    public var usesRSS: Bool

    /// Makes a configuration; what is left out is what DPDK's samples have.
    public init(
        receiveQueues: Int = 1, transmitQueues: Int = 1, receiveDescriptors: Int = 1024,
        transmitDescriptors: Int = 1024, mtu: Int? = nil, promiscuous: Bool = false, usesRSS: Bool = true
    ) {
        self.receiveQueues = receiveQueues
        self.transmitQueues = transmitQueues
        self.receiveDescriptors = receiveDescriptors
        self.transmitDescriptors = transmitDescriptors
        self.mtu = mtu
        self.promiscuous = promiscuous
        self.usesRSS = usesRSS
    }
}
