internal import CDPDK
internal import Synchronization

// MARK: - Process slots

extension Registry {
    /// A validated copy of a process's entry.
    struct ProcessEntry {
        let slot: Int
        let state: UInt32
        let generation: UInt32
        let pid: Int32
        let name: String

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
            pid: entry.pointee.pid, name: name)
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
                unsafe cdpdk_store_relaxed_64(&entry.pointee.arena_request, 0)
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
            if sweep(slot, generation) { releaseEverything(ofSlot: slot, whichDied: true) }
        }
        freeing.withLockIfAvailable { _ in cdpdk_sweep_rest() }
    }

    /// Waits, for a second at most, until nothing is left of dead processes. A primary that ends closes its ports, and
    /// their drivers would wait for moves that a dead process has begun.
    func awaitSweeps(seenBy me: Holder) {
        let deadline = ContinuousClock.now + Self.sweepPatience
        for slot in 0..<Self.processCount where slot != me.slot {
            while generation(inSlot: slot) != nil, locks.holder(of: .slot(slot)) == nil, ContinuousClock.now < deadline
            {
                cdpdk_sleep_microseconds(2_000)
            }
        }
    }

    /// Gives back the packets of a dead process. False if it has to be tried again.
    private func sweep(_ slot: Int, _ generation: UInt32) -> Bool {
        var returned: UInt64 = 0
        var lost: UInt64 = 0
        // What frees an object may wait for EAL, and so for what this thread does next.
        let result = freeing.withLockIfAvailable { _ in
            let result = unsafe cdpdk_sweep(UInt32(slot), &returned, &lost)
            if result != CDPDK_SWEEP_LATER {
                returned += judgeDoubtful(of: Holder(slot: slot, generation: generation))
            }
            return result
        }
        guard let result, result != CDPDK_SWEEP_LATER else { return false }
        let word = UInt64(generation) << 32 | min(returned, UInt64(UInt32.max))
        unsafe cdpdk_store_relaxed_64(&processEntry(slot).pointee.returned, word)
        return true
    }

    /// How many packets of a dead process came back; 0 if another one has died in its slot since.
    func returnedPackets(of holder: Holder) -> Int {
        let word = unsafe cdpdk_load_relaxed_64(&processEntry(holder.slot).pointee.returned)
        return word >> 32 == UInt64(holder.generation) ? Int(word & 0xffff_ffff) : 0
    }

    /// How many packets of a pool are in doubt, or were lost, by deaths.
    func doubtfulPackets(ofPool index: Int) -> UInt64 {
        unsafe cdpdk_load_relaxed_64(&cdpdk_registry_move(base, UInt32(index), UInt32(CDPDK_MOVE_PUT)).pointee.held)
    }

    /// Waits until no dead process has a claim on an object, so that its memory can be freed. Throws `.inUse` with the
    /// process if that takes too long.
    func awaitSweeps(of object: ObjectReference, named what: String, seenBy me: Holder) throws(DPDKError) {
        let deadline = ContinuousClock.now + Self.sweepPatience
        while let holder = deadHolder(of: object, seenBy: me) {
            guard ContinuousClock.now < deadline else {
                throw DPDKError(
                    .inUse, what, "\(identity(of: holder)) has ended, and what it had of it is not freed yet",
                    remedy: "Try again a little later", holders: [identity(of: holder)])
            }
            cdpdk_sleep_microseconds(2_000)
        }
    }

    /// How long a start, or the end of an object, waits until the primary has swept what a dead process left.
    private static let sweepPatience: Duration = .seconds(1)

    /// Waits until no dead process has one of these lcore ids, so that the caches of pools for them are empty.
    func awaitSweeps(of lcores: [Int]) throws(DPDKError) {
        let deadline = ContinuousClock.now + Self.sweepPatience
        for slot in 1..<Self.processCount {
            while generation(inSlot: slot) != nil, let id = self.lcores(ofSlot: slot).first(where: lcores.contains) {
                guard ContinuousClock.now < deadline else {
                    throw DPDKError(
                        .lcoreInUse, "lcore \(id)",
                        "\(try process(slot).identity) had this id and has ended, but the primary has not freed it yet",
                        remedy: "Check whether the primary is stopped")
                }
                cdpdk_sleep_microseconds(2_000)
            }
        }
    }

    /// Frees the claims of a slot's holder but those on queues that its death has damaged, notes how the holder ended,
    /// then frees the slot.
    private func releaseEverything(ofSlot slot: Int, whichDied: Bool) {
        let entry = unsafe processEntry(slot)
        let holder = unsafe Holder(slot: slot, generation: entry.pointee.generation)
        for index in 0..<Self.claimCount where !whichDied || !isDamaging(index) {
            _ = unsafe cdpdk_compare_exchange_64(cdpdk_registry_claim_holder(claimEntry(index)), holder.word, 0)
        }
        let before = endings(ofSlot: slot)
        // It is noted already if the holder was killed just before it gave its slot back.
        if before.last != holder.generation {
            let after = UInt64(holder.generation) << 32 | UInt64(before.deaths << 1 | (whichDied ? 1 : 0))
            unsafe cdpdk_store_release_64(&entry.pointee.endings, after)
        }
        setLcores([], ofSlot: slot)
        unsafe cdpdk_store_relaxed_64(&entry.pointee.arena_request, 0)
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
