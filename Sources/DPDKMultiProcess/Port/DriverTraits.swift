internal import CDPDK
package import Synchronization

/// Properties of a driver that DPDK does not report.
///
/// A secondary uses the burst functions that the driver sets when the secondary attaches. Some drivers set none, which
/// would crash and is noticed when a queue is taken; some set functions that lose packets. If a secondary is killed in
/// such a function, its packets come back at once if the driver never keeps any after the call, and when the queue is
/// stopped if the driver lets go of all then.
///
/// `net_memif` in a secondary: the first call of a queue asks the primary for the connection's memory, and allocates a
/// little. If the other end waits for interrupts, which DPDK's own driver never does once it is connected, a secondary
/// that transmits writes 8 bytes to a file descriptor with the number of the primary's.
///
/// One problem cannot be noticed in time: a secondary that attaches opens the files of `net_pcap` anew, which empties a
/// file that the port writes (`tx_pcap=`). Only the primary's own options show that a port has such a file.
package struct DriverTraits {
    /// Why a secondary cannot use the driver's queues, or nil if it can.
    var secondaryProblem: String?
    /// Why a secondary cannot receive from the driver, or nil if it can.
    var secondaryReceiveProblem: String?
    /// What the driver does with packets in a call that receives (`CDPDK_DRIVER_…`).
    var receiving = Int32(CDPDK_DRIVER_KEEPS)
    /// What it does with them in a call that transmits.
    var transmitting = Int32(CDPDK_DRIVER_KEEPS)
    /// Whether a process that dies in a call may leave its queue in a state that nobody can go on with.
    var isDamagedByDeaths = true
    /// Whether a queue has no packets any more when it, or the port, is stopped. Packets of the call in which a process
    /// died come back then.
    var releasesAtStop = false
    /// Whether a start gives the port new memory, which a process that has used the port before would not see.
    var hasNewMemoryAtStart = false
    /// Whether the driver requires as many receive queues as transmit queues.
    var pairsQueues = false
    /// How many queues of each kind can be shared with secondaries.
    var queueLimit: Int?
    /// Whether asking for the link in a secondary writes a wrong answer to memory that the primary reads.
    var spoilsLinkInSecondary = false

    /// Drivers that count as others of which nothing is known. The value says whether they release packets at a stop.
    package static let unknown = Mutex<[String: Bool]>([:])

    static func of(_ driver: String) -> DriverTraits {
        if let releases = unknown.withLock({ $0[driver] }) { return DriverTraits(releasesAtStop: releases) }
        return switch driver {
        case "net_tap":
            // More descriptors than fit into one message between processes break the primary's start.
            DriverTraits(
                secondaryReceiveProblem: "a secondary that is killed while it receives would leave the queue with"
                    + " packets of others",
                transmitting: Int32(CDPDK_DRIVER_FREES), isDamagedByDeaths: false, pairsQueues: true, queueLimit: 4,
                spoilsLinkInSecondary: true)
        case "net_null":
            DriverTraits(
                receiving: Int32(CDPDK_DRIVER_FREES), transmitting: Int32(CDPDK_DRIVER_FREES), isDamagedByDeaths: false)
        case "net_pcap":
            DriverTraits(
                receiving: Int32(CDPDK_DRIVER_CHAINS), transmitting: Int32(CDPDK_DRIVER_CHAINS),
                isDamagedByDeaths: false)
        case "net_ring":
            DriverTraits(
                receiving: Int32(CDPDK_DRIVER_RING), transmitting: Int32(CDPDK_DRIVER_RING), isDamagedByDeaths: false)
        case "net_memif":
            // In a secondary it always copies. What it receives counts as kept, since versions after 22.11 allocate
            // more packets than they return.
            DriverTraits(
                transmitting: Int32(CDPDK_DRIVER_CHAINS), releasesAtStop: true, hasNewMemoryAtStart: true)
        case "net_e1000_em", "net_e1000_igb", "net_e1000_igb_vf", "net_i40e", "net_ice", "net_ixgbe", "net_ixgbe_vf":
            DriverTraits(releasesAtStop: true)
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
