internal import CDPDK
internal import Glibc
internal import Synchronization

// MARK: - Shutdown

extension Member {
    /// Leaves the group, or throws `.inUse` and changes nothing.
    func shutdown() throws(DPDKError) {
        try Self.state.withLock { (state) throws(DPDKError) in
            guard case .running = state else { throw .shutDown }
            try refuseWhileInUse()
            state = .shutDown
            Self.isRunning.store(false, ordering: .releasing)
        }
        stopControlThread()
        cdpdk_arena_close()
        switch role {
        case .primary, .automatic: endGroup()
        case .secondary: leaveGroup()
        }
    }

    /// Throws `.inUse` while something of this process is out that shared memory is needed for.
    private func refuseWhileInUse() throws(DPDKError) {
        var out: [String] = []
        func count(_ number: Int, _ one: String, _ many: String) {
            if number > 0 { out.append(number == 1 ? "1 \(one)" : "\(number) \(many)") }
        }
        count(directory.endCount(of: holder), "end of a ring or port", "ends of rings or ports")
        let bursts = cdpdk_arena_blocks_out(UInt32(CDPDK_BLOCK_BURST))
        let buffers = cdpdk_arena_blocks_out(UInt32(CDPDK_BLOCK_TRANSMIT_BUFFER))
        count(Int(bursts), "packet burst", "packet bursts")
        count(Int(buffers), "transmit buffer", "transmit buffers")
        count(Int(cdpdk_arena_singles_out()), "single packet", "single packets")
        count(
            lcores.filter { cdpdk_lcore_is_running(UInt32($0)) && $0 != Int(cdpdk_main_lcore()) }.count,
            "running worker", "running workers")
        if role != .secondary { try refuseWhileOthersHaveQueues() }
        guard out.isEmpty else {
            throw DPDKError(
                .inUse, "EAL", "this process still has \(out.joined(separator: ", ")) out",
                remedy: "Let go of them before the shutdown: end their scope or consume them", holders: [identity])
        }
    }

    /// Ending the group closes its ports, which would free queues under the processes that use them.
    private func refuseWhileOthersHaveQueues() throws(DPDKError) {
        let holders = directory.queueHolders(seenBy: holder).filter { $0 != identity }
        guard holders.isEmpty else {
            throw DPDKError(
                .inUse, "EAL", "queues of ports are held by \(holders.map(\.description).joined(separator: ", "))",
                remedy: "End those processes first", holders: holders)
        }
    }

    /// A secondary leaves everything of the group as it is.
    ///
    /// `rte_eal_cleanup` is not called: it runs the cleanup of the buses, which is not guarded by role and can reset
    /// the primary's devices. What it would free ends with the process.
    private func leaveGroup() {
        removeOwnFiles()
        releaseFileLocks()
        directory.detach(holder)
        for lcore in lcores { locks.release(.lcore(lcore)) }
    }

    /// Removes what EAL has made in the runtime directory for this process alone.
    ///
    /// Without its socket, the primary does not ask this process to follow changes of memory any more.
    private func removeOwnFiles() {
        let folder = unsafe String(cString: cdpdk_runtime_directory())
        let socket = "mp_socket_\(getpid())_"
        let arrays = "_\(getpid())"
        for name in SystemFile.names(in: folder) ?? []
        where name.hasPrefix(socket) || name.hasPrefix("fbarray_") && name.hasSuffix(arrays) {
            _ = unsafe unlink(folder + "/" + name)
        }
    }

    /// Gives up the locks by which EAL keeps the files of the group's memory from being made anew.
    ///
    /// This process may live on for long without DPDK, and a later primary of the group has to be able to start.
    private func releaseFileLocks() {
        // The links name the files as the kernel knows them: /run for /var/run.
        let arrays = "/\(filePrefix)/fbarray_"
        let pages = "/\(filePrefix)map_"
        for descriptor in (SystemFile.names(in: "/proc/self/fd") ?? []).compactMap({ CInt($0) }) {
            guard let target = SystemFile.target("/proc/self/fd/\(descriptor)") else { continue }
            if target.contains(arrays) || target.contains(pages) { _ = flock(descriptor, LOCK_UN) }
        }
    }

    /// A primary ends the group; its files go where nobody else is attached.
    private func endGroup() {
        let folder = unsafe String(cString: cdpdk_runtime_directory())
        let isAlone = (1..<Directory.processCount).allSatisfy { locks.holder(of: .slot($0)) == nil }
        directory.detach(holder)
        _ = cdpdk_eal_cleanup()
        guard isAlone else {
            // Secondaries see at once that their primary has ended, though this process may live on.
            releaseFileLocks()
            GroupConfiguration.releaseOwnLock(in: folder)
            return
        }
        GroupFiles(filePrefix: filePrefix, runtimeDirectory: folder, hugepageDirectories: hugepageDirectories).remove()
    }
}
