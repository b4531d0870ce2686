internal import CDPDK
internal import Glibc

/// An Ethernet port: a NIC, or a virtual device.
///
/// An `EthPort` is a handle: it can be copied and sent freely, and going out of scope changes nothing. The primary
/// configures, starts, stops and closes a port; every process may read about it and take queues of it, which are owned
/// ends: ``receiveQueue(_:)``, ``transmitQueue(_:)``. Everything here may be called from any thread: what changes a
/// port waits for what others of the group are just setting up, for ten seconds at most, and throws
/// `.setUpLockTimeout` then.
///
/// A secondary that attaches opens the files of a `net_pcap` port anew, so that one which the port writes (`tx_pcap=`)
/// is emptied: have such ports only in groups without secondaries.
///
///     let port = try EthPort(
///         configuring: "net_tap0", PortConfiguration(transmitQueues: 2), receivingInto: pool, in: primary)
///     var queue = try port.receiveQueue(0)
///     try port.start(in: primary)
public struct EthPort: Sendable {
    /// The port's id, from 0 on (`port_id`).
    public let id: Int

    let attachment: Attachment
    let traits: DriverTraits

    /// The device's name, for instance `net_tap0`. The corresponding C function is `rte_eth_dev_get_name_by_port`.
    public var name: String { attachment.name }
}

// MARK: - Which there are

extension EthPort {
    /// The ids of the ports that there are, in rising order, without those that belong to another, as a bond's do.
    ///
    /// Empty after the shutdown. The corresponding C macro is `RTE_ETH_FOREACH_DEV`.
    public static func ids(in process: some DPDKProcess) -> [Int] {
        all.map(Int.init)
    }

    fileprivate static var all: [UInt16] {
        let all = try? Member.whileRunning { _ in
            var all: [UInt16] = []
            var next = cdpdk_port_next(0)
            while next < cdpdk_port_max() {
                all.append(next)
                next = cdpdk_port_next(next + 1)
            }
            return all
        }
        return all ?? []
    }

    /// The id of the port with a device's name. Throws `.noSuchPort`.
    fileprivate static func id(of name: String) throws(DPDKError) -> Int {
        let id = try Member.whileRunning { _ in unsafe cdpdk_port_by_name(name) }
        if id >= 0 { return Int(id) }
        throw .noSuchPort("port '\(name)'")
    }

    fileprivate static func checked(_ id: Int) throws(DPDKError) -> UInt16 {
        let port = UInt16(exactly: id)
        let exists = try Member.whileRunning { _ in port.map(cdpdk_port_exists) ?? false }
        guard let port, exists else { throw .noSuchPort("port \(id)") }
        return port
    }
}

extension DPDKError {
    fileprivate static func noSuchPort(_ what: String) -> DPDKError {
        let there = EthPort.all.compactMap { port in
            (try? EthPort.information(of: port)).map { "\(port) (\($0.name))" }
        }
        let message = there.isEmpty ? "this process has no port" : "the ports are \(there.joined(separator: ", "))"
        if Member.running?.primaryWasSilent ?? false {
            return DPDKError(
                .noSuchPort, what,
                message + "; its primary did not answer while it attached, so the virtual devices are not known here",
                remedy: "See whether the primary was stopped, and start this process anew when that goes on")
        }
        return DPDKError(
            .noSuchPort, what, message,
            remedy: there.isEmpty ? "Add a device, for instance --vdev=net_tap0, or bind a NIC" : "Choose one of them")
    }
}

// MARK: - Making

extension EthPort {
    /// Configures a port, by the device's name, and sets up its queues; it does not run before ``start(in:)``.
    ///
    /// See ``init(configuring:_:receivingInto:on:in:)-(Int,_,_,_,_)``. The corresponding C functions are
    /// `rte_eth_dev_get_port_by_name` and those that are named there.
    public init(
        configuring name: String, _ configuration: PortConfiguration = PortConfiguration(),
        receivingInto pool: PacketPool, on node: NUMANode? = nil, in process: PrimaryProcess
    ) throws(DPDKError) {
        try self.init(
            configuring: try Self.id(of: name), configuration, receivingInto: pool, on: node, in: process)
    }

    /// Configures a port, by its id, and sets up its queues; it does not run before ``start(in:)``.
    ///
    /// - Parameters:
    ///   - id: The port's id.
    ///   - configuration: Its queues and what it receives. The numbers of descriptors are adjusted to the device:
    ///     ``information()`` tells to what.
    ///   - pool: Where received packets are allocated.
    ///   - node: The NUMA node that the queues' memory is to be on; the device's own if nil.
    ///   - process: The primary.
    ///
    /// A port that was configured before is configured anew, if it is stopped and nobody has a queue of it. Throws
    /// `.noSuchPort`, `.invalidArgument` outside the device's limits, `.unsupportedByDriver`, `.inUse`, `.portFailed` with
    /// the call that the driver refused, `.destroyed` where the pool is, `.directoryFull`, `.setUpLockTimeout` or
    /// `.shutDown`. Any thread may call it; another that changes a port waits meanwhile. The corresponding C functions
    /// are `rte_eth_dev_configure`, `rte_eth_dev_set_mtu`, `rte_eth_dev_adjust_nb_rx_tx_desc`, `rte_eth_rx_queue_setup`,
    /// `rte_eth_tx_queue_setup` and `rte_eth_promiscuous_enable`.
    public init(
        configuring id: Int, _ configuration: PortConfiguration = PortConfiguration(),
        receivingInto pool: PacketPool, on node: NUMANode? = nil, in process: PrimaryProcess
    ) throws(DPDKError) {
        let port = try Self.checked(id)
        let info = try Self.information(of: port)
        let member = try pool.attachment.member()
        try Self.check(configuration, info)
        let socket =
            if let node { try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id())) } else {
                info.node.flatMap(\.id).map(Int32.init) ?? -1
            }
        let attachment = try Self.attach(info.name, member)
        let traits = DriverTraits.of(info.driver)
        try member.directory.withSetUpLock { () throws(DPDKError) in
            try Self.refuseWhereGone(port, attachment, member)
            // The pool may have been destroyed, too, while others set something up.
            _ = try pool.attachment.member()
            try Self.refuseWhileHeld(attachment, member)
            let before = member.directory.configuration(of: attachment.reference)
            // Until all of it has succeeded, the port has queues that are not set up.
            member.directory.note(.failed, of: attachment.reference)
            PortPools.add(pool, to: attachment)
            var wanted = cdpdk_port_configuration(
                rx_queues: UInt16(configuration.receiveQueues), tx_queues: UInt16(configuration.transmitQueues),
                rx_descriptors: UInt16(configuration.receiveDescriptors),
                tx_descriptors: UInt16(configuration.transmitDescriptors), mtu: UInt16(configuration.mtu ?? 0),
                rss: configuration.usesRSS, promiscuous: configuration.promiscuous, socket: socket)
            var step: Int32 = 0
            let logStart = cdpdk_log_count()
            let status = unsafe cdpdk_port_configure(port, &wanted, pool.pool, &step)
            guard status == 0 else {
                let log = EALLog.lines(since: logStart)
                if status == -EBUSY, step == Int32(CDPDK_PORT_STEP_CONFIGURE) {
                    // The port runs, and goes on as it was.
                    member.directory.note(before, of: attachment.reference)
                    PortPools.removeLast(of: attachment)
                    throw DPDKError(
                        .inUse, attachment.what, "the port runs", remedy: "Stop it before it is configured anew",
                        underlying: RTEErrno(rawValue: status))
                }
                member.directory.note(PortState(), of: attachment.reference)
                throw DPDKError(
                    .portFailed, attachment.what, "the driver refused \(Self.name(ofStep: step))",
                    remedy: "Compare the configuration with what the driver supports",
                    underlying: RTEErrno(rawValue: status), log: log)
            }
            let state = PortState(
                receiveDescriptors: wanted.rx_descriptors, transmitDescriptors: wanted.tx_descriptors)
            member.directory.note(state, of: attachment.reference)
            member.directory.note(.at(cdpdk_monotonic_nanoseconds()), of: attachment.reference)
            PortPools.keepLast(of: attachment)
        }
        self.init(id: id, attachment: attachment, traits: traits)
    }

    /// Looks a port up by the device's name.
    ///
    /// Throws `.noSuchPort`, `.portFailed`, `.directoryFull`, `.setUpLockTimeout` or `.shutDown`. The corresponding C
    /// function is `rte_eth_dev_get_port_by_name`.
    public init(lookingUp name: String, in process: some DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: try Self.id(of: name), in: process)
    }

    /// Looks a port up by its id.
    ///
    /// Throws `.noSuchPort`, `.portFailed`, `.directoryFull`, `.setUpLockTimeout` or `.shutDown`. The corresponding C
    /// function is `rte_eth_dev_is_valid_port`.
    public init(lookingUp id: Int, in process: some DPDKProcess) throws(DPDKError) {
        let info = try Self.information(of: try Self.checked(id))
        self.init(
            id: id, attachment: try Self.attach(info.name, try Member.current()),
            traits: DriverTraits.of(info.driver))
    }

    /// Attaches to the directory's entry of a port, which is made where it is missing.
    private static func attach(_ name: String, _ member: Member) throws(DPDKError) -> Attachment {
        let (attachment, _) = try member.lookUp(
            .port, name, isForeign: true, layout: nil, find: { true }, check: { (_) throws(DPDKError) in })
        return attachment
    }

    private static func check(_ configuration: PortConfiguration, _ info: PortInformation) throws(DPDKError) {
        let what = ObjectKind.port.named(info.name)
        func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(DPDKError) {
            guard !range.contains(value) else { return }
            throw DPDKError(
                .invalidArgument, what, "\(name) is \(value)",
                remedy: "Choose \(range.lowerBound) to \(range.upperBound), which the device can")
        }
        try check(configuration.receiveQueues, "the number of receive queues", 1...max(1, info.maximumReceiveQueues))
        try check(configuration.transmitQueues, "the number of transmit queues", 1...max(1, info.maximumTransmitQueues))
        try check(configuration.receiveDescriptors, "the number of receive descriptors", 1...Int(UInt16.max))
        try check(configuration.transmitDescriptors, "the number of transmit descriptors", 1...Int(UInt16.max))
        if let mtu = configuration.mtu { try check(mtu, "the MTU", info.mtuRange) }
        let traits = DriverTraits.of(info.driver)
        if traits.pairsQueues, configuration.receiveQueues != configuration.transmitQueues {
            throw DPDKError(
                .unsupportedByDriver, what,
                "\(info.driver) wants as many receive queues as transmit queues, and \(configuration.receiveQueues) and"
                    + " \(configuration.transmitQueues) are asked for",
                remedy:
                    "Ask for \(max(configuration.receiveQueues, configuration.transmitQueues)) of each, and poll all receive queues"
            )
        }
        if let limit = traits.queueLimit, configuration.transmitQueues > limit {
            throw DPDKError(
                .unsupportedByDriver, what,
                "\(info.driver) can share \(limit) queues with secondaries, and \(configuration.transmitQueues) are asked for",
                remedy: "Ask for \(limit) queues at most")
        }
    }

    /// Throws where the port was closed while others set something up.
    private static func refuseWhereGone(
        _ port: UInt16, _ attachment: Attachment, _ member: Member
    ) throws(DPDKError) {
        _ = try checked(Int(port))
        guard member.directory.isCurrent(attachment.reference) else { throw .destroyed(attachment.what) }
    }

    private static func refuseWhileHeld(_ attachment: Attachment, _ member: Member) throws(DPDKError) {
        let holders = member.directory.queueHolders(of: attachment.reference, seenBy: member.holder)
        guard holders.isEmpty else {
            throw DPDKError(
                .inUse, attachment.what,
                "queues of it are held by \(holders.map(\.description).joined(separator: ", "))",
                remedy: "End those processes, or let go of the queues", holders: holders)
        }
    }

    private static func name(ofStep step: Int32) -> String {
        switch Int(step) {
        case CDPDK_PORT_STEP_INFO: "to be asked (rte_eth_dev_info_get)"
        case CDPDK_PORT_STEP_CONFIGURE: "the numbers of queues (rte_eth_dev_configure)"
        case CDPDK_PORT_STEP_MTU: "the MTU (rte_eth_dev_set_mtu)"
        case CDPDK_PORT_STEP_DESCRIPTORS: "the numbers of descriptors (rte_eth_dev_adjust_nb_rx_tx_desc)"
        case CDPDK_PORT_STEP_RX_QUEUE: "a receive queue (rte_eth_rx_queue_setup)"
        case CDPDK_PORT_STEP_TX_QUEUE: "a transmit queue (rte_eth_tx_queue_setup)"
        default: "promiscuous mode (rte_eth_promiscuous_enable)"
        }
    }
}

// MARK: - Reading about it

extension EthPort {
    fileprivate static func information(
        of port: UInt16, _ state: PortState = PortState()
    ) throws(DPDKError) -> PortInformation {
        var info = cdpdk_port_info()
        try read("port \(port)", "to say what it is (rte_eth_dev_info_get)") { unsafe cdpdk_port_info(port, &info) }
        return PortInformation(info, state)
    }

    /// What the port is and can, and how it is configured.
    ///
    /// Any process may ask. Throws `.noSuchPort`, `.portFailed` or `.shutDown`. The corresponding C function is
    /// `rte_eth_dev_info_get`.
    public func information() throws(DPDKError) -> PortInformation {
        let port = try Self.checked(id)
        return try Self.information(of: port, try noted().state)
    }

    /// What the directory says of the port.
    func noted() throws(DPDKError) -> (configuration: Directory.PortConfigurationState, state: PortState) {
        try Member.whileRunning { member in
            (
                member.directory.configuration(of: attachment.reference),
                member.directory.portState(of: attachment.reference)
            )
        }
    }

    /// The state of the port's link now, without waiting for a change.
    ///
    /// Throws `.noSuchPort`, `.portFailed`, `.shutDown`, and `.unsupportedByDriver` in a secondary for drivers whose
    /// answer there is wrong. The corresponding C function is `rte_eth_link_get_nowait`.
    public func link() throws(DPDKError) -> PortLink {
        let port = try Self.checked(id)
        if traits.spoilsLinkInSecondary, !cdpdk_is_primary() {
            throw DPDKError(
                .unsupportedByDriver, attachment.what, "its driver does not know the link in a secondary",
                remedy: "Ask in the primary")
        }
        var link = cdpdk_port_link()
        try Self.read(attachment.what, "to tell its link (rte_eth_link_get_nowait)") {
            unsafe cdpdk_port_link(port, &link)
        }
        return PortLink(
            isUp: link.up, megabitsPerSecond: link.speed == 0 || link.speed == .max ? nil : Int(link.speed),
            isFullDuplex: link.full_duplex)
    }

    /// What the port has counted, all queues together.
    ///
    /// Any process may ask. Throws `.noSuchPort`, `.portFailed` or `.shutDown`. The corresponding C function is
    /// `rte_eth_stats_get`.
    public func statistics() throws(DPDKError) -> PortStatistics {
        let port = try Self.checked(id)
        var stats = cdpdk_port_stats()
        try Self.read(attachment.what, "to tell its statistics (rte_eth_stats_get)") {
            unsafe cdpdk_port_stats(port, &stats)
        }
        return PortStatistics(
            receivedPackets: stats.received_packets, sentPackets: stats.sent_packets,
            receivedBytes: stats.received_bytes, sentBytes: stats.sent_bytes, missedPackets: stats.missed,
            receiveErrors: stats.receive_errors, sendErrors: stats.send_errors, allocationFailures: stats.no_buffer)
    }

    /// Makes a call that changes nothing and takes no lock of the group's, while no shutdown can pass.
    private static func read(_ object: String, _ what: String, _ call: () -> CInt) throws(DPDKError) {
        let logStart = cdpdk_log_count()
        try check(object, what, logStart, try Member.whileRunning { _ in call() })
    }

    /// Makes a call that changes the port, under the set-up lock.
    private func check(_ what: String, _ call: () -> CInt) throws(DPDKError) {
        let logStart = cdpdk_log_count()
        try Self.check(attachment.what, what, logStart, call())
    }

    /// Throws `.portFailed`, with what was logged meanwhile, where a call returned an error number.
    private static func check(
        _ object: String, _ what: String, _ logStart: UInt64, _ status: CInt
    ) throws(DPDKError) {
        guard status != 0 else { return }
        throw DPDKError(
            .portFailed, object, "the driver refused \(what)", remedy: "See whether the driver supports it",
            underlying: RTEErrno(rawValue: status), log: EALLog.lines(since: logStart))
    }
}

// MARK: - Starting and stopping

extension EthPort {
    /// Starts the port: frames pass from now on. Starting one that runs changes nothing.
    ///
    /// Any thread may call it; another that changes a port waits meanwhile. Throws `.portFailed`, `.noSuchPort`,
    /// `.setUpLockTimeout`, `.destroyed` or `.shutDown`. The corresponding C function is `rte_eth_dev_start`.
    public func start(in process: PrimaryProcess) throws(DPDKError) {
        try change { (port, member) throws(DPDKError) in
            guard member.directory.configuration(of: attachment.reference) != .failed else {
                throw DPDKError(
                    .portFailed, attachment.what, "its last configuration failed", remedy: "Configure it anew first")
            }
            try check("to start (rte_eth_dev_start)") { cdpdk_port_start(port) }
            member.directory.note(isRunning: true, of: attachment.reference)
        }
    }

    /// Stops the port; it can be started again.
    ///
    /// Any thread may call it; another that changes a port waits meanwhile. Throws `.inUse`, with the holders, while live
    /// processes have queues of it, `.portFailed`, `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`. The
    /// corresponding C function is `rte_eth_dev_stop`.
    public func stop(in process: PrimaryProcess) throws(DPDKError) {
        try change { (port, member) throws(DPDKError) in
            try Self.refuseWhileHeld(attachment, member)
            try check("to stop (rte_eth_dev_stop)") { cdpdk_port_stop(port) }
            member.directory.note(isRunning: false, of: attachment.reference)
        }
    }

    /// Stops the port and gives its queues and packets back; it is gone afterwards.
    ///
    /// Any thread may call it; another that changes a port waits meanwhile. Throws `.inUse`, with the holders, while live
    /// processes have queues of it, `.portFailed`, `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`. Where
    /// the driver fails in closing it, DPDK gives the port up all the same: it is gone, and `.portFailed` says so. The
    /// corresponding C functions are `rte_eth_dev_stop` and `rte_eth_dev_close`.
    public func close(in process: PrimaryProcess) throws(DPDKError) {
        try change { (port, member) throws(DPDKError) in
            try Self.refuseWhileHeld(attachment, member)
            try check("to stop (rte_eth_dev_stop)") {
                // Some drivers have nothing to stop.
                let status = cdpdk_port_stop(port)
                return status == -ENOTSUP ? 0 : status
            }
            member.directory.note(isRunning: false, of: attachment.reference)
            let logStart = cdpdk_log_count()
            let status = cdpdk_port_close(port)
            let isGone = !cdpdk_port_exists(port)
            if isGone {
                PortPools.removeAll(of: attachment)
                member.directory.remove(attachment.reference)
            }
            guard status != 0 else { return }
            throw DPDKError(
                .portFailed, attachment.what,
                "the driver refused to close (rte_eth_dev_close)"
                    + (isGone ? ", and the port is gone all the same" : ""),
                remedy: isGone
                    ? "Start the primary anew where the device is needed" : "See whether the driver supports it",
                underlying: RTEErrno(rawValue: status), log: EALLog.lines(since: logStart))
        }
    }

    /// Sets all of the port's counters to 0.
    ///
    /// Any thread may call it; another that changes a port waits meanwhile. Throws `.portFailed`, `.noSuchPort`,
    /// `.setUpLockTimeout`, `.destroyed` or `.shutDown`. The corresponding C function is `rte_eth_stats_reset`.
    public func resetStatistics(in process: PrimaryProcess) throws(DPDKError) {
        try change { (port, _) throws(DPDKError) in
            try check("to reset its statistics (rte_eth_stats_reset)") { cdpdk_port_reset_stats(port) }
        }
    }

    /// Has the port receive frames for other addresses too, or not.
    ///
    /// Any thread may call it; another that changes a port waits meanwhile. Throws `.portFailed`, `.noSuchPort`,
    /// `.setUpLockTimeout`, `.destroyed` or `.shutDown`. The corresponding C functions are `rte_eth_promiscuous_enable`
    /// and `rte_eth_promiscuous_disable`.
    public func setPromiscuous(_ isOn: Bool, in process: PrimaryProcess) throws(DPDKError) {
        try change { (port, _) throws(DPDKError) in
            let function = isOn ? "rte_eth_promiscuous_enable" : "rte_eth_promiscuous_disable"
            try check("promiscuous mode (\(function))") { cdpdk_port_set_promiscuous(port, isOn) }
        }
    }

    /// Changes the port while no process of the group sets anything up, so that no claim comes in between.
    private func change(_ body: (UInt16, Member) throws(DPDKError) -> Void) throws(DPDKError) {
        // First, since the port of a handle may have been closed long ago.
        let port = try Self.checked(id)
        let member = try attachment.member()
        try member.directory.withSetUpLock { () throws(DPDKError) in
            try Self.refuseWhereGone(port, attachment, member)
            try body(port, member)
        }
    }
}
