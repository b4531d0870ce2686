internal import CDPDK
internal import Glibc

extension EthPort {
    /// Configures a port, by the device's name, and sets up its queues; it does not run before ``start(in:)``.
    ///
    /// See ``init(configuring:_:receivingInto:on:in:)-(Int,_,_,_,_)``. The corresponding C functions are
    /// `rte_eth_dev_get_port_by_name` and those that are named there.
    public init(
        configuring name: String, _ configuration: EthPort.Configuration = EthPort.Configuration(),
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
    /// `.noSuchPort`, `.invalidArgument` outside the device's limits, `.unsupportedByDriver`, `.inUse`, `.portFailed`
    /// with the call that the driver refused, `.destroyed` where the pool is, `.registryFull`, `.setUpLockTimeout` or
    /// `.shutDown`. Any thread may call it; another that changes a port waits meanwhile. The corresponding C functions
    /// are `rte_eth_dev_configure`, `rte_eth_dev_set_mtu`, `rte_eth_dev_adjust_nb_rx_tx_desc`,
    /// `rte_eth_rx_queue_setup`, `rte_eth_tx_queue_setup` and `rte_eth_promiscuous_enable`.
    public init(
        configuring id: Int, _ configuration: EthPort.Configuration = EthPort.Configuration(),
        receivingInto pool: PacketPool, on node: NUMANode? = nil, in process: PrimaryProcess
    ) throws(DPDKError) {
        let port = try Self.checked(id)
        let info = try Self.information(of: port)
        let member = try process.running()
        _ = try pool.attachment.member()
        try Self.check(configuration, info)
        let socket =
            if let node { try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id())) } else {
                info.node.flatMap(\.id).map(Int32.init) ?? -1
            }
        let attachment = try Self.attach(info.name, member)
        let traits = DriverTraits.of(info.driver)
        try member.registry.withSetUpLock { () throws(DPDKError) in
            try Self.refuseWhereGone(port, attachment, member)
            // The pool may have been destroyed, too, while others set something up.
            _ = try pool.attachment.member()
            try Self.refuseWhileHeld(attachment, member)
            let before = member.registry.configuration(of: attachment.reference)
            // Until all of it has succeeded, the port has queues that are not set up.
            member.registry.note(.failed, of: attachment.reference)
            PoolUses.add(pool, to: attachment)
            var wanted = cdpdk_port_configuration(
                rx_queues: UInt16(configuration.receiveQueueCount), tx_queues: UInt16(configuration.transmitQueueCount),
                rx_descriptors: UInt16(configuration.receiveDescriptorCount),
                tx_descriptors: UInt16(configuration.transmitDescriptorCount), mtu: UInt16(configuration.mtu ?? 0),
                rss: configuration.usesRSS, promiscuous: configuration.isPromiscuous, socket: socket)
            var step: Int32 = 0
            let logStart = cdpdk_log_count()
            let status = unsafe cdpdk_port_configure(port, &wanted, pool.pool, &step)
            guard status == 0 else {
                let log = EALLog.lines(since: logStart)
                if status == -EBUSY, step == Int32(CDPDK_PORT_STEP_CONFIGURE) {
                    // The port runs, and goes on as it was.
                    member.registry.note(before, of: attachment.reference)
                    PoolUses.removeLast(of: attachment)
                    throw DPDKError(
                        .inUse, attachment.what, "the port runs", remedy: "Stop it before it is configured anew",
                        underlying: RTEErrno(rawValue: status))
                }
                member.registry.note(PortState(), of: attachment.reference)
                throw DPDKError(
                    .portFailed, attachment.what, "the driver refused \(Self.name(ofStep: step))",
                    remedy: "Compare the configuration with what the driver supports",
                    underlying: RTEErrno(rawValue: status), log: log)
            }
            let state = PortState(
                receiveDescriptorCount: wanted.rx_descriptors, transmitDescriptorCount: wanted.tx_descriptors)
            member.registry.note(state, of: attachment.reference)
            member.registry.note(.at(cdpdk_monotonic_nanoseconds()), of: attachment.reference)
            PoolUses.keepLast(of: attachment)
        }
        self.init(id: id, attachment: attachment, traits: traits)
    }

    /// Looks a port of a primary with this library up by the device's name.
    ///
    /// It is for set-up, from any thread. The corresponding C function is `rte_eth_dev_get_port_by_name`.
    ///
    /// - Parameters:
    ///   - name: The device's name, for instance `net_tap0`.
    ///   - process: This process.
    /// - Throws: What ``init(lookingUp:in:)-(Int,_)`` throws.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: try Self.id(of: name), in: process)
    }

    /// Looks a port of a primary with this library up by its id.
    ///
    /// It is for set-up, from any thread. The corresponding C function is `rte_eth_dev_is_valid_port`.
    ///
    /// - Parameters:
    ///   - id: The port's id.
    ///   - process: This process.
    /// - Throws: `.noSuchPort`, `.portFailed`, `.wrongKind` if the primary does not use this library, `.registryFull`,
    ///   `.setUpLockTimeout` or `.shutDown`.
    public init(lookingUp id: Int, in process: DPDKProcess) throws(DPDKError) {
        let hasPrimary = try Member.whileRunning { $0.registry.hasPrimary }
        unsafe try self.init(lookingUpForeign: id, in: process)
        guard hasPrimary else {
            throw DPDKError(
                .wrongKind, attachment.what,
                "the primary does not use this library, and may poll any of its queues itself",
                remedy: "Use init(lookingUpForeign:in:) for queues that the primary leaves to others")
        }
    }

    /// Looks a port of any primary up by the device's name, on the caller's word for which queues the primary leaves to
    /// others.
    ///
    /// It is for set-up, from any thread. The corresponding C function is `rte_eth_dev_get_port_by_name`.
    ///
    /// - Parameters:
    ///   - name: The device's name, for instance `net_tap0`.
    ///   - process: This process.
    /// - Throws: What ``init(lookingUpForeign:in:)-(Int,_)`` throws.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        unsafe try self.init(lookingUpForeign: try Self.id(of: name), in: process)
    }

    /// Looks a port of any primary up by its id, on the caller's word for which queues the primary leaves to others.
    ///
    /// A primary without this library claims no queues, and two processes that poll one queue corrupt its memory. It is
    /// for set-up, from any thread. The corresponding C function is `rte_eth_dev_is_valid_port`.
    ///
    /// - Parameters:
    ///   - id: The port's id.
    ///   - process: This process.
    /// - Throws: `.noSuchPort`, `.portFailed`, `.registryFull`, `.setUpLockTimeout` or `.shutDown`.
    @unsafe public init(lookingUpForeign id: Int, in process: DPDKProcess) throws(DPDKError) {
        let info = try Self.information(of: try Self.checked(id))
        self.init(
            id: id, attachment: try Self.attach(info.name, try process.running()),
            traits: DriverTraits.of(info.driver))
    }

    /// Attaches to the registry's entry of a port, which is made where it is missing.
    private static func attach(_ name: String, _ member: Member) throws(DPDKError) -> Attachment {
        let (attachment, _) = try member.lookUp(
            .port, name, isForeign: true, layout: nil, find: { true }, check: { (_) throws(DPDKError) in })
        return attachment
    }

    private static func check(_ configuration: EthPort.Configuration, _ info: EthPort.Information) throws(DPDKError) {
        let what = ObjectKind.port.named(info.name)
        func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(DPDKError) {
            guard !range.contains(value) else { return }
            throw DPDKError(
                .invalidArgument, what, "\(name) is \(value)",
                remedy: DPDKError.choice(range.lowerBound, range.upperBound) + ", which the device can")
        }
        try check(
            configuration.receiveQueueCount, "the number of receive queues", 1...max(1, info.maximumReceiveQueueCount))
        try check(
            configuration.transmitQueueCount, "the number of transmit queues",
            1...max(1, info.maximumTransmitQueueCount))
        try check(configuration.receiveDescriptorCount, "the number of receive descriptors", 1...Int(UInt16.max))
        try check(configuration.transmitDescriptorCount, "the number of transmit descriptors", 1...Int(UInt16.max))
        if let mtu = configuration.mtu { try check(mtu, "the MTU", info.mtuRange) }
        let traits = DriverTraits.of(info.driver)
        let (receiving, transmitting) = (configuration.receiveQueueCount, configuration.transmitQueueCount)
        if traits.pairsQueues, receiving != transmitting {
            throw DPDKError(
                .unsupportedByDriver, what,
                "\(info.driver) wants as many receive queues as transmit queues, and \(receiving) and \(transmitting)"
                    + " are asked for",
                remedy: "Ask for \(max(receiving, transmitting)) of each, and poll all receive queues")
        }
        if let limit = traits.queueLimit, transmitting > limit {
            throw DPDKError(
                .unsupportedByDriver, what,
                "\(info.driver) can share \(limit) queues with secondaries, and \(transmitting) are asked for",
                remedy: "Ask for \(limit) queues at most")
        }
    }

    /// Throws where the port was closed while others set something up.
    static func refuseWhereGone(
        _ port: UInt16, _ attachment: Attachment, _ member: Member
    ) throws(DPDKError) {
        _ = try checked(Int(port))
        guard member.registry.isCurrent(attachment.reference) else { throw .destroyed(attachment.what) }
    }

    static func refuseWhileHeld(_ attachment: Attachment, _ member: Member) throws(DPDKError) {
        let holders = member.registry.queueHolders(of: attachment.reference, seenBy: member.holder)
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
