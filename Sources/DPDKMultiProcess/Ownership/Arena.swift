public import CDPDK

/// The arenas. Each process lists the packets that it holds in its arena, so that others can read the list after its
/// death.
@usableFromInline
enum Arena {
    static func zoneName(slot: Int, chunk: Int) -> String { "DPDKMP_arena_\(slot)_\(chunk)" }

    /// The memory zone of a chunk, which is reserved if it is missing. The next holder of the slot uses it again.
    static func zone(slot: Int, chunk: Int) throws(DPDKError) -> UnsafeMutableRawPointer {
        let name = zoneName(slot: slot, chunk: chunk)
        let size = UInt64(cdpdk_arena_chunk_size(UInt32(chunk)))
        var zone = unsafe cdpdk_memzone_view()
        if unsafe cdpdk_memzone_lookup(name, &zone) != 0 {
            let status = unsafe cdpdk_memzone_reserve(name, size, -1, &zone)
            if status != 0 {
                throw .outOfMemory("arena", byteCount: Int(size), RTEErrno(rawValue: status))
            }
        }
        guard let address = unsafe zone.address, unsafe zone.length >= size else {
            throw .corrupted("zone '\(name)' is too small")
        }
        return unsafe address
    }

    /// Reserves the first chunk of each process slot, in a primary, before the registry exists, and returns their
    /// addresses.
    ///
    /// A secondary would need the primary's answer to reserve its own chunk. A stopped primary does not answer.
    static func reserveFirstChunks() throws(DPDKError) -> [UInt64] {
        var addresses: [UInt64] = []
        for slot in 0..<Registry.processCount {
            addresses.append(UInt64(UInt(bitPattern: unsafe try zone(slot: slot, chunk: 0))))
        }
        return addresses
    }

    /// Opens this process's arena. The set-up lock is held.
    static func open(_ registry: Registry, slot: Int) throws(DPDKError) {
        let entry = unsafe registry.processEntry(slot)
        let known = unsafe cdpdk_registry_arena(entry, 0)
        var chunk = unsafe UnsafeMutableRawPointer(bitPattern: UInt(cdpdk_load_relaxed_64(known)))
        if unsafe chunk == nil || !cdpdk_memory_is_there(known.pointee, UInt64(cdpdk_arena_chunk_size(0))) {
            unsafe chunk = try zone(slot: slot, chunk: 0)
            unsafe cdpdk_store_relaxed_64(known, UInt64(UInt(bitPattern: chunk)))
        }
        guard let chunk = unsafe chunk else { throw .corrupted("process slot \(slot) has no arena") }
        unsafe cdpdk_arena_open(chunk, UInt32(slot))
        unsafe cdpdk_store_release_32(&entry.pointee.arena_chunks, 1)
    }

    /// Takes a block that lists up to `capacity` packets. The arena grows if it is full.
    static func takeBlock(
        _ kind: UInt32, capacity: Int
    ) throws(DPDKError) -> UnsafeMutablePointer<cdpdk_arena_block> {
        guard (1...Int(CDPDK_ARENA_BURST_MAX)).contains(capacity) else {
            throw DPDKError(
                .invalidSize, "packet burst", "the capacity is \(capacity)",
                remedy: "Choose 1 to \(CDPDK_ARENA_BURST_MAX) packets; 32 is usual")
        }
        return unsafe try growing { unsafe cdpdk_arena_take_block(kind, UInt32(capacity)) }
    }

    /// Takes a place for a single packet. The arena grows if it is full.
    @inlinable
    static func takeSingle() throws(DPDKError) -> UnsafeMutablePointer<cdpdk_arena_single> {
        if let single = unsafe cdpdk_arena_take_single() { return unsafe single }
        return unsafe try takeSingleGrowing()
    }

    @usableFromInline
    static func takeSingleGrowing() throws(DPDKError) -> UnsafeMutablePointer<cdpdk_arena_single> {
        unsafe try growing { unsafe cdpdk_arena_take_single() }
    }

    /// Calls `take`, and again with a larger arena as long as it returns nil. A shutdown waits for what was taken.
    private static func growing<Place>(
        _ take: () -> UnsafeMutablePointer<Place>?
    ) throws(DPDKError) -> UnsafeMutablePointer<Place> {
        if let place = unsafe take() { return unsafe place }
        let member = try Member.current()
        return unsafe try member.registry.withSetUpLock { () throws(DPDKError) in
            // Another thread may have made room in the meantime.
            while true {
                if let place = unsafe take() { return unsafe place }
                try grow(member)
            }
        }
    }

    /// Adds a chunk. The set-up lock is held.
    private static func grow(_ member: Member) throws(DPDKError) {
        let entry = unsafe member.registry.processEntry(member.holder.slot)
        let number = unsafe Int(cdpdk_load_relaxed_32(&entry.pointee.arena_chunks))
        guard number < Int(CDPDK_ARENA_CHUNKS) else {
            throw DPDKError(
                .registryFull, "arena",
                "this process has as many bursts and single packets as an arena of"
                    + " \(Int(CDPDK_ARENA_CHUNKS) * Int(CDPDK_ARENA_CHUNK_SIZE) >> 20) MiB can list",
                remedy: "Let go of bursts and packets that are no longer needed, or use smaller bursts")
        }
        let chunk = unsafe try zone(slot: member.holder.slot, chunk: number)
        let address = unsafe cdpdk_registry_arena(entry, UInt32(number))
        guard unsafe cdpdk_arena_add_chunk(chunk, address, &entry.pointee.arena_chunks) else { throw .shutDown }
    }

    /// How many packets of a pool the holder of a slot has listed. The process may be dead.
    ///
    /// Listed addresses are compared with the pool's memory, but never read from.
    static func packetCount(slot: Int, of pool: OpaquePointer) throws(DPDKError) -> Int {
        var process = cdpdk_dead()
        guard unsafe cdpdk_sweep_read(UInt32(slot), &process) else {
            throw .corrupted("the arena of process slot \(slot) is not there")
        }
        let count = unsafe cdpdk_sweep_count(&process, pool)
        guard count >= 0 else { throw .corrupted("the arena of process slot \(slot) is damaged") }
        return Int(count)
    }
}
