extension EthPort {
    /// The settings of a port: its queues and what it receives.
    ///
    /// The corresponding C type is `struct rte_eth_conf`.
    public struct Configuration: Hashable, Sendable {
        /// How many receive queues, 1 to ``EthPort/Information/maximumReceiveQueueCount`` (`nb_rx_q` of
        /// `rte_eth_dev_configure`).
        public var receiveQueueCount: Int
        /// How many transmit queues, 1 to ``EthPort/Information/maximumTransmitQueueCount`` (`nb_tx_q` of
        /// `rte_eth_dev_configure`). Each process that transmits takes one of its own.
        public var transmitQueueCount: Int
        /// How many descriptors each receive queue has, 1 to 65 535 (`nb_rx_desc` of `rte_eth_rx_queue_setup`).
        ///
        /// The number is adjusted to the device; ``EthPort/Information/receiveDescriptorCount`` is the adjusted one.
        public var receiveDescriptorCount: Int
        /// How many descriptors each transmit queue has, 1 to 65 535 (`nb_tx_desc` of `rte_eth_tx_queue_setup`).
        ///
        /// The number is adjusted to the device; ``EthPort/Information/transmitDescriptorCount`` is the adjusted one.
        public var transmitDescriptorCount: Int
        /// The largest payload of a frame in bytes, within ``EthPort/Information/mtuRange``, or nil for the device's
        /// default (`rte_eth_dev_set_mtu`).
        public var mtu: Int?
        /// Whether frames for other addresses are received too (`rte_eth_promiscuous_enable`).
        public var isPromiscuous: Bool
        /// Whether received packets are spread over the queues by a hash of their flow, if the device can do so
        /// (`RTE_ETH_MQ_RX_RSS`).
        public var usesRSS: Bool

        /// Creates a configuration; the defaults are those of DPDK's samples. It is checked when a port is configured.
        public init(
            receiveQueueCount: Int = 1, transmitQueueCount: Int = 1, receiveDescriptorCount: Int = 1024,
            transmitDescriptorCount: Int = 1024, mtu: Int? = nil, isPromiscuous: Bool = false, usesRSS: Bool = true
        ) {
            self.receiveQueueCount = receiveQueueCount
            self.transmitQueueCount = transmitQueueCount
            self.receiveDescriptorCount = receiveDescriptorCount
            self.transmitDescriptorCount = transmitDescriptorCount
            self.mtu = mtu
            self.isPromiscuous = isPromiscuous
            self.usesRSS = usesRSS
        }
    }
}
