internal import CDPDK

/// Properties of a driver that DPDK does not report.
///
/// A secondary uses the burst functions that the driver sets when the secondary attaches. Some drivers set none, which
/// would crash and is noticed when a queue is taken; some set functions that lose packets. If a secondary is killed in
/// such a function, its packets come back only if the driver never keeps any after the call.
///
/// One problem cannot be noticed in time: a secondary that attaches opens the files of `net_pcap` anew, which empties a
/// file that the port writes (`tx_pcap=`). Only the primary's own options show that a port has such a file.
struct DriverTraits {
    /// Why a secondary cannot use the driver's queues, or nil if it can.
    var secondaryProblem: String?
    /// Why a secondary cannot receive from the driver, or nil if it can.
    var secondaryReceiveProblem: String?
    /// What the driver does with packets in a call that receives (`CDPDK_DRIVER_…`).
    var receiving = Int32(CDPDK_DRIVER_KEEPS)
    /// What it does with them in a call that transmits.
    var transmitting = Int32(CDPDK_DRIVER_KEEPS)
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
            DriverTraits(
                secondaryReceiveProblem: "a secondary that is killed while it receives would leave the queue with"
                    + " packets of others",
                transmitting: Int32(CDPDK_DRIVER_FREES), pairsQueues: true, queueLimit: 4, spoilsLinkInSecondary: true)
        case "net_null":
            DriverTraits(receiving: Int32(CDPDK_DRIVER_FREES), transmitting: Int32(CDPDK_DRIVER_FREES))
        case "net_pcap":
            DriverTraits(receiving: Int32(CDPDK_DRIVER_CHAINS), transmitting: Int32(CDPDK_DRIVER_CHAINS))
        case "net_ring":
            DriverTraits(receiving: Int32(CDPDK_DRIVER_RING), transmitting: Int32(CDPDK_DRIVER_RING))
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
        default: DriverTraits()
        }
    }
}
