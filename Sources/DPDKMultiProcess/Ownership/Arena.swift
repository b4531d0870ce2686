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
        unsafe cdpdk_arena_make_chunk(address, UInt32(slot), UInt32(chunk))
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

    /// A chunk of a slot that an earlier process, or the primary, has noted in the registry; nil if there is none.
    static func notedChunk(_ number: Int, ofSlot slot: Int, _ registry: Registry) -> UnsafeMutableRawPointer? {
        let entry = unsafe registry.processEntry(slot)
        let address = unsafe cdpdk_load_acquire_64(cdpdk_registry_arena(entry, UInt32(number)))
        guard cdpdk_memory_is_there(address, UInt64(cdpdk_arena_chunk_size(UInt32(number)))),
            let chunk = unsafe UnsafeMutableRawPointer(bitPattern: UInt(address)),
            unsafe cdpdk_arena_is_chunk(chunk, UInt32(slot), UInt32(number))
        else { return nil }
        return unsafe chunk
    }

    /// Opens this process's arena. The set-up lock is held.
    static func open(_ registry: Registry, slot: Int) throws(DPDKError) {
        let entry = unsafe registry.processEntry(slot)
        let chunk: UnsafeMutableRawPointer
        if let noted = unsafe notedChunk(0, ofSlot: slot, registry) {
            unsafe chunk = noted
        } else {
            unsafe chunk = try zone(slot: slot, chunk: 0)
            unsafe cdpdk_store_relaxed_64(cdpdk_registry_arena(entry, 0), UInt64(UInt(bitPattern: chunk)))
        }
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
