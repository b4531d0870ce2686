/// What is known of a driver that DPDK does not tell.
///
/// A driver's burst functions in a secondary are those that the driver sets when the secondary attaches; some set none,
/// which crashes and is seen when a queue is taken, and some set ones that lose packets.
///
/// One thing cannot be told in time: a secondary that attaches opens the files of `net_pcap` anew, so that one which
/// the port writes (`tx_pcap=`) is emptied. Nothing but the primary's own options says that the port has one.
struct DriverTraits {
    /// Why a secondary cannot use the driver's queues, or nil where it can.
    let secondaryProblem: String?
    /// Whether the driver wants as many receive queues as transmit queues.
    var pairsQueues = false
    /// How many queues of each kind can be shared with secondaries.
    var queueLimit: Int?
    /// Whether asking for the link in a secondary leaves the wrong answer in memory that the primary reads.
    var spoilsLinkInSecondary = false

    static func of(_ driver: String) -> DriverTraits {
        switch driver {
        case "net_tap":
            // More descriptors than fit into one message between processes break the primary's start.
            DriverTraits(secondaryProblem: nil, pairsQueues: true, queueLimit: 4, spoilsLinkInSecondary: true)
        case "net_tun":
            DriverTraits(
                secondaryProblem: "it sets up no queues in a secondary", pairsQueues: true, queueLimit: 4,
                spoilsLinkInSecondary: true)
        case "net_af_packet", "net_bonding":
            DriverTraits(secondaryProblem: "it sets up no queues in a secondary")
        case "net_af_xdp", "net_vhost":
            DriverTraits(secondaryProblem: "in a secondary it accepts no packet")
        case "net_virtio_user":
            DriverTraits(secondaryProblem: "in a secondary it would use file descriptors of the primary")
        case "net_softnic":
            DriverTraits(secondaryProblem: "it does not attach in a secondary")
        default: DriverTraits(secondaryProblem: nil)
        }
    }
}
