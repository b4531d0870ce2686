/// Properties of a driver that DPDK does not report.
///
/// A secondary uses the burst functions that the driver sets when the secondary attaches. Some drivers set none, which
/// would crash and is noticed when a queue is taken; some set functions that lose packets.
///
/// One problem cannot be noticed in time: a secondary that attaches opens the files of `net_pcap` anew, which empties a
/// file that the port writes (`tx_pcap=`). Only the primary's own options show that a port has such a file.
struct DriverTraits {
    /// Why a secondary cannot use the driver's queues, or nil if it can.
    let secondaryProblem: String?
    /// Whether the driver requires as many receive queues as transmit queues.
    var pairsQueues = false
    /// How many queues of each kind can be shared with secondaries.
    var queueLimit: Int?
    /// Whether asking for the link in a secondary writes a wrong answer to memory that the primary reads.
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
