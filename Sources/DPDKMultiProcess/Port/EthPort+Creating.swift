internal import CDPDK
internal import Glibc

extension EthPort {
    /// Configures a port, by the device's name, and sets up its queues; the port does not run before ``start(in:)``.
    ///
    /// - Parameters:
    ///   - name: The device's name, for instance `net_tap0`.
    ///   - configuration: The port's queues and what it receives.
    ///   - pool: The pool that received packets are allocated from.
    ///   - node: The NUMA node that the queues' memory is to be on; nil for the device's own.
    ///   - process: The primary.
    /// - Throws: What ``init(configuring:_:receivingInto:on:in:)-(Int,_,_,_,_)`` throws.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C functions are `rte_eth_dev_get_port_by_name` and those that are named there.
    public init(
        configuring name: String, _ configuration: EthPort.Configuration = EthPort.Configuration(),
        receivingInto pool: PacketPool, on node: NUMANode? = nil, in process: PrimaryProcess
    ) throws(DPDKError) {
        try self.init(
            configuring: try Self.id(of: name), configuration, receivingInto: pool, on: node, in: process)
    }

    /// Configures a port, by its id, and sets up its queues; the port does not run before ``start(in:)``.
    ///
    /// A port that was configured before is configured again, if it is stopped and nobody holds a queue of it. The
    /// numbers of descriptors are adjusted to the device; ``information()`` returns the adjusted numbers.
    ///
    /// - Parameters:
    ///   - id: The port's id.
    ///   - configuration: The port's queues and what it receives.
    ///   - pool: The pool that received packets are allocated from.
    ///   - node: The NUMA node that the queues' memory is to be on; nil for the device's own.
    ///   - process: The primary.
    /// - Throws: `.noSuchPort`; `.invalidArgument` for a configuration outside the device's limits, or a node that does
    ///   not exist; `.unsupportedByDriver`; `.inUse` if the port runs or its queues are held; `.portFailed` with the
    ///   call that the driver refused; `.destroyed` if the pool was destroyed; `.registryFull`, `.setUpLockTimeout` or
    ///   `.shutDown`.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C functions are `rte_eth_dev_configure`, `rte_eth_dev_set_mtu`,
    /// `rte_eth_dev_adjust_nb_rx_tx_desc`, `rte_eth_rx_queue_setup`, `rte_eth_tx_queue_setup` and
    /// `rte_eth_promiscuous_enable`.
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
        try member.registry.whileMemoryChanges { () throws(DPDKError) in
            try Self.refuseWhereGone(port, attachment, member)
            // The pool, too, may have been destroyed while others set something up.
            _ = try pool.attachment.member()
            try Self.refuseWhileHeld(attachment, member)
            member.registry.referDoubtful(of: attachment.reference)
            let before = member.registry.configuration(of: attachment.reference)
            // The port counts as failed until all of its queues are set up.
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
                    // The port runs, and its configuration is unchanged.
                    member.registry.note(before, of: attachment.reference)
                    PoolUses.removeLast(of: attachment)
                    throw DPDKError(
                        .inUse, attachment.what, "the port runs", remedy: "Stop the port before you configure it again",
                        underlying: RTEErrno(rawValue: status))
                }
                member.registry.note(PortState(), of: attachment.reference)
                throw DPDKError(
                    .portFailed, attachment.what, "the driver refused \(Self.name(ofStep: step))",
                    remedy: "Check the configuration against what the driver supports",
                    underlying: RTEErrno(rawValue: status), log: log)
            }
            let state = PortState(
                isDamagedByDeaths: traits.isDamagedByDeaths, releasesAtStop: traits.releasesAtStop,
                hasNewMemoryAtStart: traits.hasNewMemoryAtStart, receiveDescriptorCount: wanted.rx_descriptors,
                transmitDescriptorCount: wanted.tx_descriptors)
            member.registry.note(state, of: attachment.reference)
            member.registry.note(.at(cdpdk_monotonic_nanoseconds()), of: attachment.reference)
            unsafe member.registry.note(pool: pool.pool, of: attachment.reference)
            PoolUses.keepLast(of: attachment)
            // The driver has made the queues anew.
            member.registry.free(member.registry.damagedQueues(of: attachment.reference))
        }
        self.init(id: id, attachment: attachment, traits: traits)
    }

    /// Looks up a port, by the device's name, of a primary that uses this library.
    ///
    /// - Parameters:
    ///   - name: The device's name, for instance `net_tap0`.
    ///   - process: This process.
    /// - Throws: What ``init(lookingUp:in:)-(Int,_)`` throws.
    ///
    /// This is for set-up. Any thread may call it. The corresponding C function is `rte_eth_dev_get_port_by_name`.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: try Self.id(of: name), in: process)
    }

    /// Looks up a port, by its id, of a primary that uses this library.
    ///
    /// - Parameters:
    ///   - id: The port's id.
    ///   - process: This process.
    /// - Throws: `.noSuchPort`; `.portFailed`; `.wrongKind` if the primary does not use this library; `.registryFull`,
    ///   `.setUpLockTimeout` or `.shutDown`.
    ///
    /// This is for set-up. Any thread may call it. The corresponding C function is `rte_eth_dev_is_valid_port`.
    public init(lookingUp id: Int, in process: DPDKProcess) throws(DPDKError) {
        let hasPrimary = try Member.whileRunning { $0.registry.hasPrimary }
        unsafe try self.init(lookingUpForeign: id, in: process)
        guard hasPrimary else {
            throw DPDKError(
                .wrongKind, attachment.what,
                "the primary does not use this library, and may poll any of its queues itself",
                remedy: "Use init(lookingUpForeign:in:) for queues that the primary does not use itself")
        }
    }

    /// Looks up a port of any primary, by the device's name; you vouch for the queues that the primary does not use
    /// itself.
    ///
    /// - Parameters:
    ///   - name: The device's name, for instance `net_tap0`.
    ///   - process: This process.
    /// - Throws: What ``init(lookingUpForeign:in:)-(Int,_)`` throws.
    ///
    /// This is for set-up. Any thread may call it. The corresponding C function is `rte_eth_dev_get_port_by_name`.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        unsafe try self.init(lookingUpForeign: try Self.id(of: name), in: process)
    }

    /// Looks up a port of any primary, by its id; you vouch for the queues that the primary does not use itself.
    ///
    /// A primary without this library claims no queues, and two processes that poll the same queue corrupt its memory.
    ///
    /// - Parameters:
    ///   - id: The port's id.
    ///   - process: This process.
    /// - Throws: `.noSuchPort`, `.portFailed`, `.registryFull`, `.setUpLockTimeout` or `.shutDown`.
    ///
    /// This is for set-up. Any thread may call it. The corresponding C function is `rte_eth_dev_is_valid_port`.
    @unsafe public init(lookingUpForeign id: Int, in process: DPDKProcess) throws(DPDKError) {
        let info = try Self.information(of: try Self.checked(id))
        self.init(
            id: id, attachment: try Self.attach(info.name, try process.running()),
            traits: DriverTraits.of(info.driver))
    }

    /// Attaches to the registry's entry of a port, which is made if it is missing.
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
                remedy: DPDKError.choice(range.lowerBound, range.upperBound) + ", as the device allows")
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
                "\(info.driver) needs as many receive queues as transmit queues, but \(receiving) and \(transmitting)"
                    + " are asked for",
                remedy: "Ask for \(max(receiving, transmitting)) of each, and poll all receive queues")
        }
        if let limit = traits.queueLimit, transmitting > limit {
            throw DPDKError(
                .unsupportedByDriver, what,
                "\(info.driver) can share \(limit) queues with secondaries, but \(transmitting) are asked for",
                remedy: "Ask for \(limit) queues at most")
        }
    }

    /// Throws if the port was closed while others set something up.
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
                remedy: "End these processes, or let them give up the queues", holders: holders)
        }
    }

    private static func name(ofStep step: Int32) -> String {
        switch Int(step) {
        case CDPDK_PORT_STEP_INFO: "to report its properties (rte_eth_dev_info_get)"
        case CDPDK_PORT_STEP_CONFIGURE: "the numbers of queues (rte_eth_dev_configure)"
        case CDPDK_PORT_STEP_MTU: "the MTU (rte_eth_dev_set_mtu)"
        case CDPDK_PORT_STEP_DESCRIPTORS: "the numbers of descriptors (rte_eth_dev_adjust_nb_rx_tx_desc)"
        case CDPDK_PORT_STEP_RX_QUEUE: "a receive queue (rte_eth_rx_queue_setup)"
        case CDPDK_PORT_STEP_TX_QUEUE: "a transmit queue (rte_eth_tx_queue_setup)"
        default: "promiscuous mode (rte_eth_promiscuous_enable)"
        }
    }
}
