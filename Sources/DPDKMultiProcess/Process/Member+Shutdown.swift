internal import CDPDK
internal import Glibc
internal import Synchronization

// MARK: - Shutdown

extension Member {
    /// Leaves the group, or throws `.inUse` and changes nothing.
    func shutdown() throws(DPDKError) {
        // Claims, look-ups and creations take this lock: none of them comes between the look and the end.
        try registry.withSetUpLock { () throws(DPDKError) in
            try Self.state.withLock { (state) throws(DPDKError) in
                guard case .running = state else { throw .shutDown }
                try refuseWhileInUse()
                state = .shutDown
            }
            registry.close()
            cdpdk_stop_services()
            if role == .secondary {
                // While nobody makes or frees a pool. A primary that died may have left the list of pools locked.
                if cdpdk_primary_is_alive() { for lcore in lcores { cdpdk_pool_flush_caches(UInt32(lcore)) } }
            } else {
                // From here on, secondaries get no queues of ports that are about to be closed.
                registry.removePorts()
            }
        }
        stopSweeping()
        switch role {
        case .primary, .automatic: endGroup()
        case .secondary: leaveGroup()
        }
        Pinning.end()
    }

    /// Throws `.inUse` while something of this process is out that shared memory is needed for.
    private func refuseWhileInUse() throws(DPDKError) {
        if role != .secondary { try refuseWhileOthersHaveQueues() }
        var out = registry.ends(of: holder)
        func count(_ number: Int, _ one: String, _ many: String) {
            if number > 0 { out.append(number == 1 ? "a \(one)" : "\(number) \(many)") }
        }
        let bursts = cdpdk_arena_taken(UInt32(CDPDK_BLOCK_BURST))
        let buffers = cdpdk_arena_taken(UInt32(CDPDK_BLOCK_TRANSMIT_BUFFER))
        count(Int(bursts), "packet burst", "packet bursts")
        count(Int(buffers), "transmit buffer", "transmit buffers")
        count(Int(cdpdk_arena_taken(UInt32(CDPDK_BLOCK_SINGLES))), "single packet", "single packets")
        out += lcores.filter { isWorker($0) && cdpdk_lcore_is_running(UInt32($0)) }
            .map { "lcore \($0), which runs a task" }
        out += ControlThread.names.map { "control thread '\($0)', which runs" }
        // The arena closes only if nothing of it is out: another thread may have taken something since it was counted.
        guard out.isEmpty, cdpdk_arena_close() else {
            if out.isEmpty { out = ["a packet or a burst"] }
            let named = out.prefix(8).joined(separator: "; ") + (out.count > 8 ? "; and \(out.count - 8) more" : "")
            throw DPDKError(
                .inUse, "EAL", "this process still has \(named)",
                remedy: "Let their scope end before the shutdown: use `run`, or a `do { }` around what makes them; a"
                    + " local variable also ends with `_ = consume`. Join tasks and control threads",
                holders: [identity])
        }
    }

    /// Service lcores are no workers: they run as long as DPDK does.
    private func isWorker(_ lcore: Int) -> Bool {
        cdpdk_lcore_is_enabled(UInt32(lcore)) && lcore != Int(cdpdk_main_lcore())
    }

    /// Ending the group closes its ports, which would free queues under the processes that use them.
    private func refuseWhileOthersHaveQueues() throws(DPDKError) {
        let holders = registry.queueHolders(seenBy: holder).filter { $0 != identity }
        guard holders.isEmpty else {
            throw DPDKError(
                .inUse, "EAL", "queues of ports are held by \(holders.map(\.description).joined(separator: ", "))",
                remedy: "End those processes first", holders: holders)
        }
    }

    private var files: GroupFiles {
        GroupFiles(
            filePrefix: filePrefix, runtimeDirectory: unsafe String(cString: cdpdk_runtime_directory()),
            hugepageDirectories: hugepageDirectories)
    }

    /// A secondary leaves everything of the group as it is, and removes the group's files if it is the last process of
    /// a group whose primary has ended: nobody can attach to it any more.
    ///
    /// `rte_eal_cleanup` is not called: it runs the cleanup of the buses, which is not guarded by role and can reset
    /// the primary's devices. What it would free ends with the process.
    private func leaveGroup() {
        files.removeOwn()
        files.releaseLocks()
        registry.detach(holder)
        for lcore in lcores { locks.release(.lcore(lcore)) }
        // While this process has the primary's slot, no new primary begins.
        guard locks.take(.slot(0)) else { return }
        if !GroupConfiguration.giveUpLock(in: files.runtimeDirectory), !files.areUsed(locks) { files.remove() }
        locks.release(.slot(0))
    }

    /// A primary ends the group; the files go if nobody else is attached.
    private func endGroup() {
        let files = files
        // A secondary that attaches meanwhile is seen below, or sees that the primary's slot is free.
        registry.detach(holder)
        _ = cdpdk_eal_cleanup()
        files.releaseLocks()
        for lcore in lcores { locks.release(.lcore(lcore)) }
        if files.areUsed(locks) {
            // Secondaries see at once that their primary has ended, though this process may live on.
            GroupConfiguration.giveUpLock(in: files.runtimeDirectory)
        } else {
            files.remove()
        }
    }
}

extension Registry {
    /// Takes all ports out of the table. The set-up lock is held.
    fileprivate func removePorts() {
        for index in 0..<Self.objectCount {
            if let entry = try? object(index), entry.kind == .port { remove(entry.reference) }
        }
    }
}
