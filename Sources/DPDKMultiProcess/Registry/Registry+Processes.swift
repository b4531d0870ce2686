internal import CDPDK

// MARK: - Process slots

extension Registry {
    /// A validated copy of a process's entry.
    struct ProcessEntry {
        let slot: Int
        let state: UInt32
        let generation: UInt32
        let pid: Int32
        let name: String
        let arenaChunks: Int

        var identity: ProcessIdentity { ProcessIdentity(pid: pid, name: name, slot: slot, generation: generation) }
        var holder: Holder { Holder(slot: slot, generation: generation) }
    }

    func process(_ slot: Int) throws(DPDKError) -> ProcessEntry {
        let entry = unsafe processEntry(slot)
        let state = unsafe cdpdk_load_acquire_32(&entry.pointee.state)
        let role = unsafe cdpdk_load_relaxed_32(&entry.pointee.role)
        // The next holder of a free slot may be writing its name.
        let name =
            state == UInt32(CDPDK_PROCESS_FREE)
            ? "" : unsafe withUnsafeBytes(of: entry.pointee.name) { unsafe SharedText.read($0) }
        let chunks = unsafe cdpdk_load_acquire_32(&entry.pointee.arena_chunks)
        guard state <= UInt32(CDPDK_PROCESS_DEAD) else {
            throw .corrupted("process slot \(slot) is in state \(state)")
        }
        guard
            state == UInt32(CDPDK_PROCESS_FREE) || role == UInt32(CDPDK_ROLE_PRIMARY)
                || role == UInt32(CDPDK_ROLE_SECONDARY)
        else {
            throw .corrupted("process slot \(slot) has role \(role)")
        }
        guard let name, chunks <= CDPDK_ARENA_CHUNKS else {
            throw .corrupted("process slot \(slot) has no valid name or arena")
        }
        return unsafe ProcessEntry(
            slot: slot, state: state, generation: cdpdk_load_relaxed_32(&entry.pointee.generation),
            pid: entry.pointee.pid, name: name, arenaChunks: Int(chunks))
    }

    /// The processes whose entries say that they are attached.
    func attachedProcesses() throws(DPDKError) -> [ProcessEntry] {
        var all: [ProcessEntry] = []
        for slot in 0..<Self.processCount {
            let entry = try process(slot)
            if entry.state == UInt32(CDPDK_PROCESS_ATTACHED) { all.append(entry) }
        }
        return all
    }

    /// Takes a free slot for the calling process: slot 0 for the primary, another for a secondary.
    ///
    /// The process takes the slot's byte of the lock file first. The holder of the byte owns the slot.
    func attach(role: UInt32, pid: Int32, name: String, lcores: [Int]) throws(DPDKError) -> Holder {
        try withSetUpLock { () throws(DPDKError) in
            let isPrimary = role == UInt32(CDPDK_ROLE_PRIMARY)
            for slot in isPrimary ? 0..<1 : 1..<Self.processCount {
                let state = try process(slot).state
                // The slot of a dead process becomes free when the primary has freed what the process left.
                guard state == UInt32(CDPDK_PROCESS_FREE) || (!isPrimary && !hasPrimary) else { continue }
                guard locks.take(.slot(slot)) else { continue }
                if state != UInt32(CDPDK_PROCESS_FREE) { releaseEverything(ofSlot: slot, whichDied: true) }
                let entry = unsafe processEntry(slot)
                // One that was killed here before was never attached, and nobody has seen its generation.
                let generation = endings(ofSlot: slot).last &+ 1
                unsafe cdpdk_store_relaxed_32(&entry.pointee.generation, generation)
                unsafe entry.pointee.pid = pid
                unsafe entry.pointee.role = role
                unsafe entry.pointee.arena_chunks = 0
                setLcores(lcores, ofSlot: slot)
                unsafe withUnsafeMutableBytes(of: &entry.pointee.name) { unsafe SharedText.write(name, to: $0) }
                unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_PROCESS_ATTACHED))
                return Holder(slot: slot, generation: generation)
            }
            throw DPDKError(
                .registryFull, "process table", "all \(Self.processCount - 1) places for secondaries are taken",
                remedy: "End secondaries that are no longer needed")
        }
    }

    /// Frees the calling process's slot.
    func detach(_ holder: Holder) {
        releaseEverything(ofSlot: holder.slot, whichDied: false)
        locks.release(.slot(holder.slot))
    }

    /// Whether a process is attached and alive. A stopped process is alive.
    func isAlive(_ holder: Holder, seenBy me: Holder?) -> Bool {
        if holder == me { return true }
        guard holder.slot < Self.processCount else { return false }
        let entry = unsafe processEntry(holder.slot)
        guard unsafe cdpdk_load_acquire_32(&entry.pointee.state) == UInt32(CDPDK_PROCESS_ATTACHED),
            unsafe cdpdk_load_relaxed_32(&entry.pointee.generation) == holder.generation
        else { return false }
        return holder.slot == me?.slot || locks.holder(of: .slot(holder.slot)) != nil
    }

    /// Frees what dead processes have left. Only the primary's control thread calls this.
    func releaseTheDead(except me: Holder) {
        for slot in 0..<Self.processCount where slot != me.slot {
            let entry = unsafe processEntry(slot)
            let state = unsafe cdpdk_load_acquire_32(&entry.pointee.state)
            let generation = unsafe cdpdk_load_relaxed_32(&entry.pointee.generation)
            guard state != UInt32(CDPDK_PROCESS_FREE), locks.holder(of: .slot(slot)) == nil else { continue }
            // The slot may have been freed, or taken again, since the state was read.
            guard unsafe cdpdk_load_acquire_32(&entry.pointee.state) == state,
                unsafe cdpdk_load_relaxed_32(&entry.pointee.generation) == generation
            else { continue }
            unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_PROCESS_DEAD))
            releaseEverything(ofSlot: slot, whichDied: true)
        }
    }

    /// Frees the claims of a slot's holder, notes how the holder ended, then frees the slot.
    private func releaseEverything(ofSlot slot: Int, whichDied: Bool) {
        let entry = unsafe processEntry(slot)
        let holder = unsafe Holder(slot: slot, generation: entry.pointee.generation)
        for index in 0..<Self.claimCount {
            _ = unsafe cdpdk_compare_exchange_64(cdpdk_registry_claim_holder(claimEntry(index)), holder.word, 0)
        }
        let before = endings(ofSlot: slot)
        // It is noted already if the holder was killed just before it gave its slot back.
        if before.last != holder.generation {
            let after = UInt64(holder.generation) << 32 | UInt64(before.deaths << 1 | (whichDied ? 1 : 0))
            unsafe cdpdk_store_release_64(&entry.pointee.endings, after)
        }
        setLcores([], ofSlot: slot)
        unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_PROCESS_FREE))
    }

    private func setLcores(_ lcores: [Int], ofSlot slot: Int) {
        var words: (UInt64, UInt64) = (0, 0)
        for id in lcores {
            if id < 64 { words.0 |= 1 << id } else { words.1 |= 1 << (id - 64) }
        }
        let entry = unsafe processEntry(slot)
        unsafe cdpdk_store_relaxed_64(&entry.pointee.lcores.0, words.0)
        unsafe cdpdk_store_relaxed_64(&entry.pointee.lcores.1, words.1)
    }

    /// The lcore ids of the process that has a slot, in rising order.
    ///
    /// The caches of pools for these ids are the process's. A dead process has them until its slot is freed.
    func lcores(ofSlot slot: Int) -> [Int] {
        let entry = unsafe processEntry(slot)
        let low = unsafe cdpdk_load_relaxed_64(&entry.pointee.lcores.0)
        let high = unsafe cdpdk_load_relaxed_64(&entry.pointee.lcores.1)
        return (0..<Int(cdpdk_max_lcore())).filter { id in (id < 64 ? low >> id : high >> (id - 64)) & 1 == 1 }
    }

    /// The last generation of a slot that is over, and which of the last 32 have died, the last one in bit 0.
    func endings(ofSlot slot: Int) -> (last: UInt32, deaths: UInt32) {
        let word = unsafe cdpdk_load_acquire_64(&processEntry(slot).pointee.endings)
        return (UInt32(word >> 32), UInt32(truncatingIfNeeded: word))
    }

    /// The generation that has a slot; nil while it is free.
    func generation(inSlot slot: Int) -> UInt32? {
        let entry = unsafe processEntry(slot)
        guard unsafe cdpdk_load_acquire_32(&entry.pointee.state) != UInt32(CDPDK_PROCESS_FREE) else { return nil }
        return unsafe cdpdk_load_relaxed_32(&entry.pointee.generation)
    }

    /// The process that is a holder, with the pid and name that are known of it.
    func identity(of holder: Holder) -> ProcessIdentity {
        guard holder.slot < Self.processCount, let entry = try? process(holder.slot),
            entry.generation == holder.generation
        else { return ProcessIdentity(pid: 0, name: "", slot: holder.slot, generation: holder.generation) }
        return entry.identity
    }

    /// The process with a pid, from its entry if it has one.
    func identity(pid: Int32) -> ProcessIdentity {
        for slot in 0..<Self.processCount {
            if let entry = try? process(slot), entry.pid == pid, entry.state != UInt32(CDPDK_PROCESS_FREE) {
                return entry.identity
            }
        }
        return ProcessIdentity(pid: pid)
    }
}
