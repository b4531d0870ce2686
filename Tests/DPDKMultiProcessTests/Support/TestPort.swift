import Testing

/// A port of one driver, in a network namespace of its primary, and what is at its other end.
struct TestPort: Sendable, CustomTestStringConvertible {
    /// The device's name.
    let name: String
    /// The option that makes the device.
    let device: String
    /// The kernel's interface at its other end. If there is none, sent packets come back.
    let interface: String?
    /// What makes the interfaces.
    private let commands: [String]

    /// Whether a secondary may receive from the port.
    var secondariesReceive: Bool { name != Self.tap.name }

    var testDescription: String { name }

    /// Makes packets of nothing, and frees what is sent.
    static let null = TestPort(name: "net_null0", device: "net_null0", interface: nil, commands: [])
    /// Receives the packets that it sends.
    static let ring = TestPort(name: "net_ring0", device: "net_ring0", interface: nil, commands: [])
    static let tap = TestPort(name: "net_tap0", device: "net_tap0,iface=tap0", interface: "tap0", commands: [])
    static let pcap = TestPort(
        name: "net_pcap0", device: "net_pcap0,rx_iface_in=veth0,tx_iface=veth0", interface: "veth1", commands: veth)
    static let afPacket = TestPort(
        name: "net_af_packet0", device: "net_af_packet0,iface=veth0", interface: "veth1", commands: veth)

    private static let veth = [
        "ip link add veth0 type veth peer name veth1", "ip link set veth0 up", "ip link set veth1 up",
    ]

    /// Runs a primary in the namespace, which ends with its last process. The kernel sends no packets of its own there.
    var namespace: [String] {
        let quiet = "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6"
        let all = ["set -e", "test ! -e /proc/sys/net/ipv6 || \(quiet)"] + commands + [#"exec "$@""#]
        return ["unshare", "--net", "sh", "-c", all.joined(separator: "; "), "sh"]
    }

    /// Runs a secondary in the namespace of its primary, because some drivers open interfaces in the secondary, too.
    static func namespace(of primary: EALGroup.Member) -> [String] {
        ["nsenter", "--net=/proc/\(primary.pid)/ns/net"]
    }

    /// Makes a process send and receive `count` packets, and counts them at the other end, which is in the primary. The
    /// process must hold queue 0 of both kinds that it may use, and an empty burst `b` for 16 packets.
    func exchange(_ count: Int, by member: EALGroup.Member, primary: EALGroup.Member) async throws {
        #expect(try await member.ask("allocate p \(count) b") == "\(count)")
        #expect(try await member.ask("send \(name) 0 b") == "\(count) 0")
        if let interface {
            #expect(try await primary.ask("count-frames \(interface) \(count)") == "\(count)")
            guard secondariesReceive || member.pid == primary.pid else { return }
            #expect(try await primary.ask("send-frames \(interface) \(count)") == "\(count)")
            #expect(try await member.ask("receive \(name) 0 b \(count) type=43690") == "\(count)")
        } else {
            #expect(try await member.ask("receive \(name) 0 b \(count)") == "\(count)")
        }
        try await member.ask("clear b")
    }
}
