internal import CDPDK
internal import Glibc

extension EthPort {
    /// Starts the port: frames pass from now on. Starting a port that runs changes nothing.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.portFailed`, `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C function is `rte_eth_dev_start`.
    public func start(in process: PrimaryProcess) throws(DPDKError) {
        try change(by: process) { (port, member) throws(DPDKError) in
            guard member.registry.configuration(of: attachment.reference) != .failed else {
                throw DPDKError(
                    .portFailed, attachment.what, "its last configuration failed", remedy: "Configure it again first")
            }
            let damaged = try stopDamaged(port, member)
            try check("to start (rte_eth_dev_start)") { cdpdk_port_start(port) }
            if !member.registry.portState(of: attachment.reference).isRunning {
                member.registry.noteStart(of: attachment.reference)
            }
            member.registry.free(damaged)
        }
    }

    /// Stops the port, which can be started again.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.inUse`, with the holders, while live processes hold queues of the port; `.portFailed`,
    ///   `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C function is `rte_eth_dev_stop`.
    public func stop(in process: PrimaryProcess) throws(DPDKError) {
        try change(by: process) { (port, member) throws(DPDKError) in
            try Self.refuseWhileHeld(attachment, member)
            member.registry.referDoubtful(of: attachment.reference)
            try check("to stop (rte_eth_dev_stop)") { cdpdk_port_stop(port) }
            member.registry.note(isRunning: false, of: attachment.reference)
        }
    }

    /// Stops the port and frees its queues and packets; the port no longer exists afterwards.
    ///
    /// If the driver fails to close the port, DPDK removes the port all the same, and this throws `.portFailed`, which
    /// says so.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.inUse`, with the holders, while live processes hold queues of the port; `.portFailed`,
    ///   `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C functions are `rte_eth_dev_stop` and `rte_eth_dev_close`.
    public func close(in process: PrimaryProcess) throws(DPDKError) {
        try change(by: process) { (port, member) throws(DPDKError) in
            try Self.refuseWhileHeld(attachment, member)
            member.registry.referDoubtful(of: attachment.reference)
            try check("to stop (rte_eth_dev_stop)") {
                // Some drivers have nothing to stop.
                let status = cdpdk_port_stop(port)
                return status == -ENOTSUP ? 0 : status
            }
            member.registry.note(isRunning: false, of: attachment.reference)
            let logStart = cdpdk_log_count()
            let status = cdpdk_port_close(port)
            let isGone = !cdpdk_port_exists(port)
            if isGone {
                member.registry.free(member.registry.damagedQueues(of: attachment.reference))
                PoolUses.removeAll(of: attachment)
                member.registry.remove(attachment.reference)
            }
            guard status != 0 else { return }
            throw DPDKError(
                .portFailed, attachment.what,
                "the driver refused to close (rte_eth_dev_close)"
                    + (isGone ? ", but the port no longer exists" : ""),
                remedy: isGone
                    ? "Restart the primary if the device is needed" : "Check whether the driver supports it",
                underlying: RTEErrno(rawValue: status), log: EALLog.lines(since: logStart))
        }
    }

    /// Sets all of the port's counters to 0.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.portFailed`, `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C function is `rte_eth_stats_reset`.
    public func resetStatistics(in process: PrimaryProcess) throws(DPDKError) {
        try change(by: process) { (port, _) throws(DPDKError) in
            try check("to reset its statistics (rte_eth_stats_reset)") { cdpdk_port_reset_stats(port) }
        }
    }

    /// Sets whether the port also receives frames for other addresses.
    ///
    /// - Parameters:
    ///   - isOn: Whether it does.
    ///   - process: The primary.
    /// - Throws: `.portFailed`, `.noSuchPort`, `.setUpLockTimeout`, `.destroyed` or `.shutDown`.
    ///
    /// Any thread may call this; it waits while another process or thread of the group sets something up. The
    /// corresponding C functions are `rte_eth_promiscuous_enable` and `rte_eth_promiscuous_disable`.
    public func setPromiscuous(_ isOn: Bool, in process: PrimaryProcess) throws(DPDKError) {
        try change(by: process) { (port, _) throws(DPDKError) in
            let function = isOn ? "rte_eth_promiscuous_enable" : "rte_eth_promiscuous_disable"
            try check("promiscuous mode (\(function))") { cdpdk_port_set_promiscuous(port, isOn) }
        }
    }

    /// Before a start, the damaged queues of a port that counts as stopped. The driver may not have stopped yet: a
    /// restart of the library's own may have failed.
    private func stopDamaged(_ port: UInt16, _ member: Member) throws(DPDKError) -> [DamagedQueue] {
        let reference = attachment.reference
        let damaged =
            member.registry.portState(of: reference).isRunning
            ? [] : member.registry.damagedQueues(of: reference)
        guard !damaged.isEmpty else { return [] }
        member.registry.referDoubtful(of: reference)
        try check("to stop (rte_eth_dev_stop)") { cdpdk_port_stop(port) }
        return damaged
    }

    /// Changes the port while no process of the group sets anything up, so that no claim comes in between.
    private func change(
        by process: PrimaryProcess, _ body: (UInt16, Member) throws(DPDKError) -> Void
    ) throws(DPDKError) {
        // Checked first, since the handle's port may have been closed long ago.
        let port = try Self.checked(id)
        let member = try process.running()
        try member.registry.whileMemoryChanges { () throws(DPDKError) in
            try Self.refuseWhereGone(port, attachment, member)
            try body(port, member)
        }
    }
}
