internal import CDPDK
internal import Glibc
internal import Synchronization

// MARK: - In the process whose arena grows

extension Arena {
    /// Calls `take`, and again with a larger arena as long as it returns nil. A shutdown waits for what was taken.
    static func growing<Place>(
        _ take: () -> UnsafeMutablePointer<Place>?
    ) throws(DPDKError) -> UnsafeMutablePointer<Place> {
        if let place = unsafe take() { return unsafe place }
        let member = try Member.current()
        let registry = member.registry
        guard member.role == .secondary, registry.hasPrimary else {
            // A primary is not swept; and a primary without this library would not answer.
            return unsafe try registry.whileMemoryChanges { () throws(DPDKError) in
                while true {
                    // Another thread may have made room in the meantime.
                    if let place = unsafe take() { return unsafe place }
                    let number = try nextChunk()
                    unsafe try add(try zone(slot: member.holder.slot, chunk: number), number, member)
                }
            }
        }
        // A secondary takes no lock of EAL, which would stay taken if it were killed.
        let deadline = ContinuousClock.now + patience
        while true {
            var place: UnsafeMutablePointer<Place>?
            let request = try addition.withLock { (_) throws(DPDKError) -> UInt64? in
                unsafe place = take()
                return unsafe place == nil ? try addNotedChunk(member) : nil
            }
            if let place = unsafe place { return unsafe place }
            if let request { try awaitAnswer(to: request, member, until: deadline) }
        }
    }

    /// How long a secondary waits for the primary's answer.
    private static let patience: Duration = .seconds(1)

    /// Held while a chunk is added to the arena of a secondary.
    private static let addition = Mutex<Void>(())

    /// The number of the next chunk of this process.
    private static func nextChunk() throws(DPDKError) -> Int {
        let number = Int(cdpdk_arena_chunk_count())
        guard number > 0 else { throw .shutDown }
        guard number < Int(CDPDK_ARENA_CHUNKS) else {
            throw DPDKError(
                .registryFull, "arena",
                "this process has as many bursts and single packets as an arena of"
                    + " \(Int(CDPDK_ARENA_CHUNKS) * Int(CDPDK_ARENA_CHUNK_SIZE) >> 20) MiB can list",
                remedy: "Let go of bursts and packets that are no longer needed, or use smaller bursts")
        }
        return number
    }

    private static func add(_ chunk: UnsafeMutableRawPointer, _ number: Int, _ member: Member) throws(DPDKError) {
        let entry = unsafe member.registry.processEntry(member.holder.slot)
        let address = unsafe cdpdk_registry_arena(entry, UInt32(number))
        guard unsafe cdpdk_arena_add_chunk(chunk, address, &entry.pointee.arena_chunks) else { throw .shutDown }
    }

    /// Adds the next chunk if the slot has it already. If not, asks the primary for it, and returns the request.
    private static func addNotedChunk(_ member: Member) throws(DPDKError) -> UInt64? {
        let slot = member.holder.slot
        let number = try nextChunk()
        if let chunk = unsafe notedChunk(number, ofSlot: slot, member.registry) {
            unsafe try add(chunk, number, member)
            return nil
        }
        let request = cdpdk_arena_request(member.holder.generation, UInt32(number))
        // After a shutdown, the entry is another process's.
        try Member.whileRunning { member in
            unsafe cdpdk_store_release_64(&member.registry.processEntry(slot).pointee.arena_request, request)
        }
        return request
    }

    /// Waits until a request has been granted, or until another thread of this process has made another one.
    private static func awaitAnswer(
        to request: UInt64, _ member: Member, until deadline: ContinuousClock.Instant
    ) throws(DPDKError) {
        let slot = member.holder.slot
        let chunk = Int(request & 0xff)
        while true {
            let word = unsafe cdpdk_load_acquire_64(&member.registry.processEntry(slot).pointee.arena_request)
            let number = cdpdk_arena_answer_number(word, request)
            if number > 0 {
                let byteCount = Int(cdpdk_arena_chunk_size(UInt32(chunk)))
                throw .outOfMemory("arena", byteCount: byteCount, RTEErrno(rawValue: number))
            }
            guard unsafe number != 0 || notedChunk(chunk, ofSlot: slot, member.registry) != nil else {
                throw .corrupted("the primary gave process slot \(slot) an arena that is not there")
            }
            guard ContinuousClock.now < deadline else {
                throw DPDKError(
                    .setUpLockTimeout, "arena", "the primary has not reserved memory for it within \(patience)",
                    remedy: "Check whether the primary is stopped, and try again",
                    holders: [(try? member.registry.process(0).identity) ?? ProcessIdentity(pid: 0)])
            }
            guard word == request else { return }
            guard !member.peers.isPrimaryGone else {
                throw DPDKError(
                    .primaryDead, "arena", "the primary, which reserves the memory for it, has ended",
                    remedy: "End this process, and start it again after the next primary")
            }
            cdpdk_sleep_microseconds(500)
        }
    }
}

// MARK: - In the primary

extension Arena {
    /// The slots whose processes ask for a chunk, with their requests.
    private static func requests(_ registry: Registry) -> [(slot: Int, request: UInt64)] {
        (1..<Registry.processCount).compactMap { slot in
            let entry = unsafe registry.processEntry(slot)
            let word = unsafe cdpdk_load_acquire_64(&entry.pointee.arena_request)
            // One chunk at a time, and only for a process that is attached.
            let chunks = unsafe cdpdk_load_relaxed_32(&entry.pointee.arena_chunks)
            guard word != 0, let generation = registry.generation(inSlot: slot), chunks < CDPDK_ARENA_CHUNKS,
                word == cdpdk_arena_request(generation, chunks)
            else { return nil }
            return (slot, word)
        }
    }

    static func hasRequests(_ registry: Registry) -> Bool { !requests(registry).isEmpty }

    /// Reserves the chunks that secondaries ask for. This may wait for locks of EAL.
    static func answerRequests(_ registry: Registry) {
        for (slot, request) in requests(registry) {
            let chunk = Int(request & 0xff)
            let entry = unsafe registry.processEntry(slot)
            var number: Int32 = 0
            do throws(DPDKError) {
                let address = try registry.whileMemoryChanges { () throws(DPDKError) in
                    UInt64(UInt(bitPattern: unsafe try zone(slot: slot, chunk: chunk)))
                }
                unsafe cdpdk_store_release_64(cdpdk_registry_arena(entry, UInt32(chunk)), address)
            } catch {
                // The next look tries again, if the process still waits then.
                guard error.code != .setUpLockTimeout else { continue }
                number = error.underlying?.rawValue ?? EINVAL
            }
            // If the process has died meanwhile, the chunk stays for the next one in the slot.
            let answer = cdpdk_arena_answer(request, number)
            _ = unsafe cdpdk_compare_exchange_64(&entry.pointee.arena_request, request, answer)
        }
    }
}
