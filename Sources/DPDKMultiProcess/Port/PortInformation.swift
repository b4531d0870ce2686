internal import CDPDK

/// What a port is and can, as its driver says.
///
/// The corresponding C type is `struct rte_eth_dev_info`.
public struct PortInformation: Hashable, Sendable {
    /// The device's name, for instance `net_tap0` or `0000:03:00.0`.
    public let name: String
    /// The driver's name, for instance `net_tap`.
    public let driver: String
    /// The port's own address.
    public let address: MACAddress
    /// The NUMA node that the device is at, or nil where it is not known.
    public let node: NUMANode?
    /// The largest payload of a frame in bytes, as it is set.
    public let mtu: Int
    /// The payloads that can be set, in bytes.
    public let mtuRange: ClosedRange<Int>
    /// How many receive queues are set up.
    public let receiveQueues: Int
    /// How many transmit queues are set up.
    public let transmitQueues: Int
    /// How many receive queues the device can have.
    public let maximumReceiveQueues: Int
    /// How many transmit queues the device can have.
    public let maximumTransmitQueues: Int
    /// How many descriptors a receive queue can have.
    public let receiveDescriptorRange: ClosedRange<Int>
    /// How many descriptors a transmit queue can have.
    public let transmitDescriptorRange: ClosedRange<Int>
    /// Whether frames for other addresses are received too.
    public let isPromiscuous: Bool
    /// Whether the device can spread received packets by a hash of their flow.
    public let supportsRSS: Bool
    /// Whether the driver wants as many receive queues as transmit queues, all of which are to be polled then.
    public let pairsQueues: Bool
    /// How many queues of each kind the port can have where secondaries use it, or nil where the driver sets no limit.
    public let sharedQueueLimit: Int?

    init(_ info: cdpdk_port_info) {
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
        receiveQueues = Int(info.rx_queues)
        transmitQueues = Int(info.tx_queues)
        maximumReceiveQueues = Int(info.max_rx_queues)
        maximumTransmitQueues = Int(info.max_tx_queues)
        receiveDescriptorRange = range(info.rx_descriptors_min, info.rx_descriptors_max)
        transmitDescriptorRange = range(info.tx_descriptors_min, info.tx_descriptors_max)
        isPromiscuous = info.promiscuous
        supportsRSS = info.rss_types != 0
        let traits = DriverTraits.of(driver)
        pairsQueues = traits.pairsQueues
        sharedQueueLimit = traits.queueLimit
    }
}

/// The state of a port's link.
///
/// The corresponding C type is `struct rte_eth_link`.
public struct PortLink: Hashable, Sendable {
    /// Whether frames can pass.
    public let isUp: Bool
    /// The speed in megabits a second, or nil where the driver does not know it.
    public let megabitsPerSecond: Int?
    /// Whether frames can pass both ways at once.
    public let isFullDuplex: Bool
}

/// What a port has counted since its start or its last reset.
///
/// The corresponding C type is `struct rte_eth_stats`.
public struct PortStatistics: Hashable, Sendable {
    /// Packets received (`ipackets`).
    public let receivedPackets: UInt64
    /// Packets sent (`opackets`).
    public let sentPackets: UInt64
    /// Bytes received (`ibytes`).
    public let receivedBytes: UInt64
    /// Bytes sent (`obytes`).
    public let sentBytes: UInt64
    /// Packets that the device dropped because nobody took them in time (`imissed`).
    public let missedPackets: UInt64
    /// Packets received with errors (`ierrors`).
    public let receiveErrors: UInt64
    /// Packets that could not be sent (`oerrors`).
    public let sendErrors: UInt64
    /// How often no packet could be allocated to receive into (`rx_nombuf`).
    public let allocationFailures: UInt64
}
