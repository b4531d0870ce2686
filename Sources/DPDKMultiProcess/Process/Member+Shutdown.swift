internal import CDPDK
internal import Glibc
internal import Synchronization

// MARK: - Shutdown

extension Member {
    /// Leaves the group, or throws `.inUse` and changes nothing.
    func shutdown() throws(DPDKError) {
        // Claims, look-ups and creations take this lock, so none of them comes between the check and the end.
        try registry.withSetUpLock { () throws(DPDKError) in
            try Self.state.withLock { (state) throws(DPDKError) in
                guard case .running = state else { throw .shutDown }
                try refuseWhileInUse()
                state = .shutDown
            }
            registry.close()
            cdpdk_stop_services()
            if role == .secondary {
                // Under the lock, nobody makes or frees a pool. A dead primary may have left the list of pools locked.
                if cdpdk_primary_is_alive() { flushCaches() }
            } else {
                // From here on, secondaries get no queues of ports that are about to be closed.
                registry.removePorts()
            }
        }
        if role == .secondary {
            stopWatching()
            leaveGroup()
        } else {
            registry.awaitSweeps(seenBy: holder)
            endGroup()
        }
        Pinning.end()
    }

    /// Gives the packets in the caches of this process's lcores back to their pools.
    ///
    /// DPDK's list of pools, which is looked into under a lock of EAL, is needed for those of processes without this
    /// library alone. The pools that nobody with this library has looked up stay as they are in a group whose primary
    /// uses it: the next process with the lcore id has those packets.
    private func flushCaches() {
        let pools = (0..<Registry.objectCount).compactMap { try? registry.object($0) }.filter { $0.kind == .pool }
        let areKnown = registry.hasPrimary && !pools.contains { $0.isForeign }
        for lcore in lcores.map(UInt32.init) {
            guard areKnown else {
                cdpdk_pool_flush_caches(lcore)
                continue
            }
            for pool in pools {
                if let pool = unsafe cdpdk_pool_at(pool.zone, pool.name) { unsafe cdpdk_pool_flush_cache(pool, lcore) }
            }
        }
    }

    /// Throws `.inUse` while this process still has something that needs the shared memory.
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
        out += ControlThread.names.map { "control thread '\($0)', which is running" }
        // Another thread may have taken something since the count: the arena closes only if nothing of it is in use.
        guard out.isEmpty, cdpdk_arena_close() else {
            if out.isEmpty { out = ["a packet or a burst"] }
            let named = out.prefix(8).joined(separator: "; ") + (out.count > 8 ? "; and \(out.count - 8) more" : "")
            throw DPDKError(
                .inUse, "EAL", "this process still has \(named)",
                remedy: "End their scope before the shutdown: use `run`, or put a `do { }` around them, or write"
                    + " `_ = consume` and the variable's name. Join tasks and control threads",
                holders: [identity])
        }
    }

    /// Whether a task can run on the lcore. Service lcores run until DPDK ends, and are no workers.
    private func isWorker(_ lcore: Int) -> Bool {
        cdpdk_lcore_is_enabled(UInt32(lcore)) && lcore != Int(cdpdk_main_lcore())
    }

    /// Throws `.inUse` while other processes hold queues: ending the group closes the ports, which frees the queues.
    private func refuseWhileOthersHaveQueues() throws(DPDKError) {
        let holders = registry.queueHolders(seenBy: holder).filter { $0 != identity }
        guard holders.isEmpty else {
            throw DPDKError(
                .inUse, "EAL",
                "the primary cannot end while queues of its ports are held by "
                    + holders.map(\.description).joined(separator: ", "),
                remedy: "End these processes first", holders: holders)
        }
    }

    private var files: GroupFiles {
        GroupFiles(
            filePrefix: filePrefix, runtimeDirectory: unsafe String(cString: cdpdk_runtime_directory()),
            hugepageDirectories: hugepageDirectories)
    }

    /// A secondary leaves the group as it is. If it is the last process of a group whose primary has ended, it removes
    /// the group's files, since nobody can attach any more.
    ///
    /// It does not call `rte_eal_cleanup`, which cleans up the buses in every role and can reset the primary's devices.
    /// What the function would free ends with the process.
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

    /// A primary ends the group, while no secondary starts and when no dead process has a lock of EAL.
    private func endGroup() {
        var isEnded = false
        let deadline = ContinuousClock.now + RecordLocks.patience
        try? locks.whileNobodyStarts(until: deadline) { () throws(DPDKError) in
            MemoryLockRepair.awaitEnd()
            for lock in EALLock.allCases { try? lock.awaitRepair(until: deadline) }
            stopWatching()
            removeGroup()
            isEnded = true
        }
        // If a start takes longer, the group ends all the same.
        guard !isEnded else { return }
        stopWatching()
        removeGroup()
    }

    /// Ends EAL in the primary, and removes the group's files if nobody else is attached.
    private func removeGroup() {
        let files = files
        // A secondary that attaches meanwhile is either seen below, or sees that the primary's slot is free.
        registry.detach(holder)
        // It would wait for ever for a heap in disorder.
        if !EALLock.isHeapDamaged.load(ordering: .relaxed) { _ = cdpdk_eal_cleanup() }
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
    /// Removes all ports from the table. The set-up lock is held.
    fileprivate func removePorts() {
        for index in 0..<Self.objectCount {
            if let entry = try? object(index), entry.kind == .port { remove(entry.reference) }
        }
    }
}
