/// How a port is set up: its queues and what it receives.
///
/// The corresponding C type is `struct rte_eth_conf`.
public struct PortConfiguration: Hashable, Sendable {
    /// How many receive queues, 1 to ``PortInformation/maximumReceiveQueues`` (`nb_rx_q` of `rte_eth_dev_configure`).
    public var receiveQueues: Int
    /// How many transmit queues, 1 to ``PortInformation/maximumTransmitQueues`` (`nb_tx_q` of `rte_eth_dev_configure`).
    /// Each process that sends takes one of its own.
    public var transmitQueues: Int
    /// How many descriptors each receive queue has, 1 to 65 535 (`nb_rx_desc` of `rte_eth_rx_queue_setup`).
    ///
    /// Adjusted to the device: ``PortInformation/receiveDescriptors`` says to what.
    public var receiveDescriptors: Int
    /// How many descriptors each transmit queue has, 1 to 65 535 (`nb_tx_desc` of `rte_eth_tx_queue_setup`).
    ///
    /// Adjusted to the device: ``PortInformation/transmitDescriptors`` says to what.
    public var transmitDescriptors: Int
    /// The largest payload of a frame in bytes, within ``PortInformation/mtuRange``, nil for the device's default
    /// (`rte_eth_dev_set_mtu`).
    public var mtu: Int?
    /// Whether frames for other addresses are received too (`rte_eth_promiscuous_enable`).
    public var promiscuous: Bool
    /// Whether received packets are spread over the queues by a hash of their flow, where the device can
    /// (`RTE_ETH_MQ_RX_RSS`).
    public var usesRSS: Bool

    /// Makes a configuration; what is left out is what DPDK's samples have. It is checked where a port is configured.
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
