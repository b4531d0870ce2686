public import DPDKMultiProcess

/// The ports and the packets that passed through them: the sample's `struct port_info`, byte for byte.
///
/// The server writes it, but for the counters in `transmit`, of which each client has its own cache lines.
public struct PortTable: SharedValue {
    /// How many ports there can be (`RTE_MAX_ETHPORTS`).
    public static let portLimit = 32
    /// How many clients there can be (`MAX_CLIENTS`).
    public static let clientLimit = 16

    /// How many of `ids` are ports.
    public var count: UInt16 = 0
    /// The ports' ids. The first and the second are partners, the third and the fourth, and so on.
    public var ids: InlineArray<32, UInt16> = .init(repeating: 0)
    /// Fills the cache line, as `__rte_cache_aligned` does in C.
    private let padding: InlineArray<31, UInt16> = .init(repeating: 0)
    /// Packets received, by the position of the port in `ids`.
    public var received: InlineArray<32, UInt64> = .init(repeating: 0)
    /// For each client, packets sent and packets dropped, by the id of the port; see ``sent(client:port:)``.
    public var transmit: InlineArray<16, InlineArray<2, InlineArray<32, UInt64>>> =
        .init(repeating: .init(repeating: .init(repeating: 0)))

    /// A table of ports, with all counters at 0.
    public init(ports: [Int]) {
        count = UInt16(ports.count)
        for (position, id) in ports.enumerated() { ids[position] = UInt16(id) }
    }

    /// The ports' ids, partners side by side; no more than there is room for, whatever another process wrote.
    public var ports: [Int] { (0..<min(Int(count), Self.portLimit)).map { Int(ids[$0]) } }

    /// The packets that a client sent out of a port.
    public func sent(client: Int, port: Int) -> UInt64 { transmit[client][0][port] }

    /// The packets that a port did not take from a client.
    public func dropped(client: Int, port: Int) -> UInt64 { transmit[client][1][port] }

    /// Where the counters of `transmit` have the packets that a client sent out of a port.
    public static func sent(client: Int, port: Int) -> Int { client * 2 * portLimit + port }

    /// Where the counters of `transmit` have the packets that a port did not take from a client.
    public static func dropped(client: Int, port: Int) -> Int { sent(client: client, port: port) + portLimit }
}
