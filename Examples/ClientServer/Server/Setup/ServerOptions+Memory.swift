import DPDKMultiProcess

extension ServerOptions {
    /// How many megabytes the server needs at most, so that it can take them at its start.
    ///
    /// A packet takes some 2 500 bytes with its headers, and 32 MB are for DPDK, the group's tables and the rings.
    var memoryMegabytes: Int {
        // A port has as many receive queues as transmit queues at most, each with 1 024 packets.
        let perPort = 2 * clients * 1_024
        let packets = ports.bits.nonzeroBitCount * perPort + clients * ringSize + (clients + 1) * 512
        return (packets * 2_500) >> 20 + 32
    }
}
