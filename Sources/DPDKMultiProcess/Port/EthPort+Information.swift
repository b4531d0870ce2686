internal import CDPDK

extension EthPort {
    /// What the driver reports about a port: its identity, limits and configuration.
    ///
    /// The corresponding C type is `struct rte_eth_dev_info`; the functions that are named here report the rest.
    public struct Information: Hashable, Sendable {
        /// The device's name, for instance `net_tap0` or `0000:03:00.0` (`rte_eth_dev_get_name_by_port`).
        public let name: String
        /// The driver's name, for instance `net_tap` (`driver_name`).
        public let driver: String
        /// The port's own address (`rte_eth_macaddr_get`).
        public let address: MACAddress
        /// The NUMA node that the device is attached to, or nil if it is not known (`rte_eth_dev_socket_id`).
        public let node: NUMANode?
        /// The current limit of a frame's payload in bytes (`rte_eth_dev_get_mtu`).
        public let mtu: Int
        /// The limits of the payload that can be set, in bytes (`min_mtu`, `max_mtu`).
        public let mtuRange: ClosedRange<Int>
        /// How many receive queues are set up (`nb_rx_queues`).
        public let receiveQueueCount: Int
        /// How many transmit queues are set up (`nb_tx_queues`).
        public let transmitQueueCount: Int
        /// How many receive queues the device can have (`max_rx_queues`).
        public let maximumReceiveQueueCount: Int
        /// How many transmit queues the device can have (`max_tx_queues`).
        public let maximumTransmitQueueCount: Int
        /// How many descriptors each receive queue has, after the number was adjusted to the device; nil before the
        /// port is configured, or if neither the driver nor this library knows it (`rte_eth_rx_queue_info_get`).
        public let receiveDescriptorCount: Int?
        /// How many descriptors each transmit queue has, after the number was adjusted to the device; nil before the
        /// port is configured, or if neither the driver nor this library knows it (`rte_eth_tx_queue_info_get`).
        public let transmitDescriptorCount: Int?
        /// How many descriptors a receive queue can have (`rx_desc_lim`).
        public let receiveDescriptorRange: ClosedRange<Int>
        /// How many descriptors a transmit queue can have (`tx_desc_lim`).
        public let transmitDescriptorRange: ClosedRange<Int>
        /// Whether the port also receives frames for other addresses (`rte_eth_promiscuous_get`).
        public let isPromiscuous: Bool
        /// Whether the device can spread received packets over queues by a hash of their flow
        /// (`flow_type_rss_offloads`).
        public let supportsRSS: Bool
        /// Whether the driver requires as many receive queues as transmit queues; all receive queues must be polled
        /// then.
        public let pairsQueues: Bool
        /// How many queues of each kind the port can have if secondaries use it, or nil if the driver sets no limit.
        public let sharedQueueLimit: Int?

        /// - Parameters:
        ///   - info: What the driver reports.
        ///   - state: What the registry has noted, for what the driver does not report.
        init(_ info: cdpdk_port_info, _ state: PortState = PortState()) {
            func text<Field>(_ field: Field) -> String {
                unsafe withUnsafeBytes(of: field) { unsafe SharedText.read($0) } ?? ""
            }
            func range(_ low: UInt16, _ high: UInt16) -> ClosedRange<Int> { Int(min(low, high))...Int(high) }
            name = text(info.name)
            driver = text(info.driver)
            let mac = info.mac
            address = MACAddress(mac.0, mac.1, mac.2, mac.3, mac.4, mac.5)
            node = info.socket < 0 ? nil : .node(Int(info.socket))
            mtu = Int(info.mtu)
            mtuRange = range(info.min_mtu, info.max_mtu)
            receiveQueueCount = Int(info.rx_queues)
            transmitQueueCount = Int(info.tx_queues)
            maximumReceiveQueueCount = Int(info.max_rx_queues)
            maximumTransmitQueueCount = Int(info.max_tx_queues)
            func descriptors(_ told: UInt16, _ noted: UInt16) -> Int? {
                told > 0 ? Int(told) : noted > 0 ? Int(noted) : nil
            }
            receiveDescriptorCount = descriptors(info.rx_descriptors, state.receiveDescriptorCount)
            transmitDescriptorCount = descriptors(info.tx_descriptors, state.transmitDescriptorCount)
            receiveDescriptorRange = range(info.rx_descriptors_min, info.rx_descriptors_max)
            transmitDescriptorRange = range(info.tx_descriptors_min, info.tx_descriptors_max)
            isPromiscuous = info.promiscuous
            supportsRSS = info.rss_types != 0
            let traits = DriverTraits.of(driver)
            pairsQueues = traits.pairsQueues
            sharedQueueLimit = traits.queueLimit
        }
    }
}

extension EthPort {
    /// The state of a port's link.
    ///
    /// The corresponding C type is `struct rte_eth_link`.
    public struct Link: Hashable, Sendable {
        /// Whether frames can pass (`link_status`).
        public let isUp: Bool
        /// The speed in megabits per second, or nil if the driver does not know it (`link_speed`).
        public let megabitsPerSecond: Int?
        /// Whether frames can pass in both directions at once (`link_duplex`).
        public let isFullDuplex: Bool
    }
}

extension EthPort {
    /// What a port has counted since its start or its last reset.
    ///
    /// The corresponding C type is `struct rte_eth_stats`.
    public struct Statistics: Hashable, Sendable {
        /// Packets received (`ipackets`).
        public let receivedPackets: UInt64
        /// Packets transmitted (`opackets`).
        public let transmittedPackets: UInt64
        /// Bytes received (`ibytes`).
        public let receivedBytes: UInt64
        /// Bytes transmitted (`obytes`).
        public let transmittedBytes: UInt64
        /// Packets that the device dropped because no process received them in time (`imissed`).
        public let missedPackets: UInt64
        /// Packets received with errors (`ierrors`).
        public let receiveErrors: UInt64
        /// Packets that could not be transmitted (`oerrors`).
        public let transmitErrors: UInt64
        /// How often a packet could not be received because the pool was empty (`rx_nombuf`).
        public let allocationFailures: UInt64
    }
}
