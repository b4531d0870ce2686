/// The names of the shared objects, which are those of DPDK's sample.
public enum Name {
    /// The pool that packets are received into.
    public static let pool = "MProc_pktmbuf_pool"
    /// The region with the ports and most of the statistics, see ``PortTable``.
    public static let portTable = "MProc_port_info"
    /// The region with the numbers that the sample does not share, see ``ServerState``.
    public static let state = "MProc_state"
    /// The ring from the server to a client.
    public static func ring(ofClient id: Int) -> String { "MProc_Client_\(id)_RX" }
}
