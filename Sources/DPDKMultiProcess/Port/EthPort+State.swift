internal import CDPDK

extension EthPort {
    static func information(
        of port: UInt16, _ state: PortState = PortState()
    ) throws(DPDKError) -> Information {
        var info = cdpdk_port_info()
        try read(port, "port \(port)", "to report its properties (rte_eth_dev_info_get)") {
            unsafe cdpdk_port_info(port, &info)
        }
        return Information(info, state)
    }

    /// The device's identity, limits and configuration.
    ///
    /// - Returns: What the driver reports, and what the port was configured with.
    /// - Throws: `.noSuchPort`, `.portFailed` or `.shutDown`; in a secondary also `.setUpLockTimeout`.
    ///
    /// Any thread of any process may call this; in a secondary it waits while others of the group set something up. The
    /// corresponding C function is `rte_eth_dev_info_get`.
    public func information() throws(DPDKError) -> Information {
        let port = try Self.checked(id)
        return try Self.information(of: port, try noted().state)
    }

    /// What the registry has noted about the port.
    func noted() throws(DPDKError) -> (configuration: Registry.PortConfigurationState, state: PortState) {
        try Member.whileRunning { member in
            (
                member.registry.configuration(of: attachment.reference),
                member.registry.portState(of: attachment.reference)
            )
        }
    }

    /// The current state of the port's link, without waiting for a change.
    ///
    /// - Returns: Whether the link is up, and its speed.
    /// - Throws: `.noSuchPort`, `.portFailed` or `.shutDown`; in a secondary also `.setUpLockTimeout`, and
    ///   `.unsupportedByDriver` for drivers whose answer is wrong there.
    ///
    /// Any thread of any process may call this; in a secondary it waits while others of the group set something up. The
    /// corresponding C function is `rte_eth_link_get_nowait`.
    public func link() throws(DPDKError) -> Link {
        let port = try Self.checked(id)
        if traits.spoilsLinkInSecondary, !cdpdk_is_primary() {
            throw DPDKError(
                .unsupportedByDriver, attachment.what, "its driver gives a wrong answer about the link in a secondary",
                remedy: "Ask in the primary")
        }
        var link = cdpdk_port_link()
        try Self.read(port, attachment.what, "to report its link (rte_eth_link_get_nowait)") {
            unsafe cdpdk_port_link(port, &link)
        }
        return Link(
            isUp: link.up, megabitsPerSecond: link.speed == 0 || link.speed == .max ? nil : Int(link.speed),
            isFullDuplex: link.full_duplex)
    }

    /// What the port has counted, all queues together.
    ///
    /// - Returns: Packets, bytes and errors since the start or the last reset.
    /// - Throws: `.noSuchPort`, `.portFailed` or `.shutDown`; in a secondary also `.setUpLockTimeout`.
    ///
    /// Any thread of any process may call this; in a secondary it waits while others of the group set something up. The
    /// corresponding C function is `rte_eth_stats_get`.
    public func statistics() throws(DPDKError) -> Statistics {
        let port = try Self.checked(id)
        var stats = cdpdk_port_stats()
        try Self.read(port, attachment.what, "to report its statistics (rte_eth_stats_get)") {
            unsafe cdpdk_port_stats(port, &stats)
        }
        return Statistics(
            receivedPackets: stats.received_packets, transmittedPackets: stats.transmitted_packets,
            receivedBytes: stats.received_bytes, transmittedBytes: stats.transmitted_bytes, missedPackets: stats.missed,
            receiveErrors: stats.receive_errors, transmitErrors: stats.transmit_errors,
            allocationFailures: stats.no_buffer)
    }

    /// Makes a call that changes nothing, while no shutdown can pass.
    ///
    /// A driver reads memory that is freed when the port is closed. The primary closes ports under the set-up lock, so
    /// a secondary asks under it.
    private static func read(
        _ port: UInt16, _ object: String, _ what: String, _ call: () -> CInt
    ) throws(DPDKError) {
        let logStart = cdpdk_log_count()
        func ask() -> CInt? { cdpdk_port_exists(port) ? call() : nil }
        let status =
            cdpdk_is_primary()
            ? try Member.whileRunning { _ in ask() }
            : try Member.current().registry.withSetUpLock { () throws(DPDKError) in ask() }
        guard let status else { throw .noSuchPort(object) }
        try check(object, what, logStart, status)
    }

    /// Makes a call that changes the port, under the set-up lock.
    func check(_ what: String, _ call: () -> CInt) throws(DPDKError) {
        let logStart = cdpdk_log_count()
        try Self.check(attachment.what, what, logStart, call())
    }

    /// Throws `.portFailed`, with what was logged meanwhile, if a call returned an error number.
    static func check(
        _ object: String, _ what: String, _ logStart: UInt64, _ status: CInt
    ) throws(DPDKError) {
        guard status != 0 else { return }
        throw DPDKError(
            .portFailed, object, "the driver refused \(what)", remedy: "Check whether the driver supports it",
            underlying: RTEErrno(rawValue: status), log: EALLog.lines(since: logStart))
    }
}
