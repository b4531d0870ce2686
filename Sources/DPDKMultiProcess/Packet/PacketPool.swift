internal import CDPDK

/// A pool of packets in shared memory, from which the processes of a group allocate and to which they free.
///
/// A `PacketPool` is a handle: it can be copied and sent freely, and going out of scope frees nothing.
///
///     let pool = try PacketPool(creating: "packets", capacity: 8191, in: primary)
///     guard var packet = pool.allocate() else { … }      // none is free
///     packet.append(repeating: 0, count: 60)
///
/// The pool is an ordinary `rte_mempool` of packet buffers, so that a C process can use it.
@safe public struct PacketPool: @unchecked Sendable {
    let pool: OpaquePointer
    let view: cdpdk_pool_view
    let attachment: Attachment

    /// The pool's name, 1 to 25 bytes.
    public var name: String { attachment.name }

    /// How many packets there are, free and in use.
    public var capacity: Int { Int(view.capacity) }

    /// How many free packets each lcore keeps for itself, 0 to 512.
    public var cacheSize: Int { Int(view.cache_size) }

    /// The bytes of one packet's buffer, headroom included.
    public var dataRoom: Int { Int(view.data_room) }

    /// How free packets are kept.
    public var operations: PacketPool.Operations {
        PacketPool.Operations(unsafe withUnsafeBytes(of: view.ops) { unsafe SharedText.read($0) } ?? "")
    }

    /// The buffer size that is usual: an Ethernet frame of 2 048 bytes and 128 bytes of headroom.
    public static let defaultDataRoom = 2_176
}

// MARK: - Creating

extension PacketPool {
    /// Creates a pool.
    ///
    /// - Parameters:
    ///   - name: 1 to 25 bytes, unique among the group's pools.
    ///   - capacity: How many packets, 1 to 2³⁰ − 1. 2ⁿ − 1 uses memory best. It must be at least 1.5 times
    ///     `cacheSize`.
    ///   - dataRoom: The bytes of one packet's buffer, headroom included, 128 to 65 535.
    ///   - cacheSize: How many free packets each lcore keeps for itself, 0 to 512. A process's packets in a cache are
    ///     not available to others.
    ///   - operations: How free packets are kept.
    ///   - node: The NUMA node that the memory is to be on.
    ///   - process: The primary.
    ///
    /// Throws `.invalidName`, `.nameTaken`, `.invalidSize`, `.invalidArgument` for operations that are not registered,
    /// `.outOfMemory`, `.registryFull`. Takes EAL's locks, and time for each packet: it is for set-up. The
    /// corresponding C function is `rte_pktmbuf_pool_create_by_ops`.
    public init(
        creating name: String, capacity: Int, dataRoom: Int = defaultDataRoom, cacheSize: Int = 256,
        operations: PacketPool.Operations = .ringHeadTailSync, on node: NUMANode = .local, in process: PrimaryProcess
    ) throws(DPDKError) {
        let member = try process.running()
        let what = ObjectKind.pool.named(name)
        func size(_ problem: String, _ remedy: String) -> DPDKError {
            DPDKError(.invalidSize, what, problem, remedy: remedy)
        }
        // The rings behind a pool have a power of two slots, one of them empty, and 2³⁰ at most.
        let largest = 1 << 30 - 1
        guard (1...largest).contains(capacity) else {
            throw size("the capacity is \(capacity)", "Choose 1 to \(largest) packets")
        }
        guard (Int(CDPDK_MBUF_HEADROOM)...Int(UInt16.max)).contains(dataRoom) else {
            throw size("the data room is \(dataRoom) bytes", "Choose \(CDPDK_MBUF_HEADROOM) to \(UInt16.max) bytes")
        }
        guard (0...Int(cdpdk_pool_cache_max())).contains(cacheSize), cacheSize * 3 <= capacity * 2 else {
            throw size(
                "the cache size is \(cacheSize) for a capacity of \(capacity)",
                "Choose 0 to \(min(Int(cdpdk_pool_cache_max()), capacity * 2 / 3)) packets")
        }
        guard unsafe cdpdk_pool_has_ops(operations.description) else {
            throw DPDKError(
                .invalidArgument, what, "mempool operations '\(operations)' are not registered in this process",
                remedy: "Compare the name, or load the driver that has them with -d")
        }
        let socket = try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id()))
        let (attachment, pool) = unsafe try member.create(.pool, name, capacity: capacity) {
            () throws(DPDKError) -> OpaquePointer in
            var made: OpaquePointer?
            let status = unsafe cdpdk_pool_create(
                name, UInt32(capacity), UInt32(cacheSize), 0, UInt16(dataRoom), socket, operations.description, &made)
            guard status == 0, let made = unsafe made else {
                throw .creation(.pool, name, RTEErrno(rawValue: status), byteCount: capacity * (dataRoom + 192))
            }
            return unsafe made
        } undo: {
            unsafe cdpdk_pool_free($0)
        }
        unsafe self.init(pool: pool, view: cdpdk_pool_view(pool), attachment: attachment)
    }

    /// Looks up a pool that a process with this library created.
    ///
    /// Throws `.notFound`, `.wrongKind` where a process without this library made it, `.invalidName`. Takes EAL's
    /// locks: it is for set-up. The corresponding C function is `rte_mempool_lookup`.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: false, try process.running())
    }

    /// Looks up a pool that any process made, a C process for instance.
    ///
    /// Throws `.notFound`, and `.wrongKind` where it is a pool of something else than packets. The corresponding C
    /// function is `rte_mempool_lookup`.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: true, try process.running())
    }

    private init(lookingUp name: String, isForeign: Bool, _ member: Member) throws(DPDKError) {
        let (attachment, pool) = unsafe try member.lookUp(
            .pool, name, isForeign: isForeign, layout: nil, find: { unsafe cdpdk_pool_lookup(name) }
        ) { (pool) throws(DPDKError) in
            guard unsafe cdpdk_pool_view(pool).is_packet_pool else {
                throw DPDKError(
                    .wrongKind, ObjectKind.pool.named(name), "it is a pool of something else than packets",
                    remedy: "Look for the pool that rte_pktmbuf_pool_create made")
            }
        }
        unsafe self.init(pool: pool, view: cdpdk_pool_view(pool), attachment: attachment)
    }
}

// MARK: - Allocating

extension PacketPool {
    /// Takes a free packet of length 0; nil where none is free, or where this process holds more single packets than
    /// its arena can list: 1 024 at least.
    ///
    /// Safe from any thread of any process. The corresponding C function is `rte_pktmbuf_alloc`.
    public func allocate() -> Packet? {
        guard attachment.isUsable, let entry = unsafe cdpdk_arena_take_single() else { return nil }
        guard unsafe cdpdk_pool_allocate(pool, entry, 1) else {
            unsafe cdpdk_arena_release_single(entry)
            return nil
        }
        return unsafe Packet(listedIn: entry)
    }

    /// Takes `count` free packets of length 0 to the end of the burst, or none where there are fewer or the burst has
    /// less room; true where it did.
    ///
    /// Safe from any thread of any process, one call of C in all. The corresponding C function is
    /// `rte_pktmbuf_alloc_bulk`.
    public func allocateBulk(_ count: Int, into burst: inout PacketBurst) -> Bool {
        guard count >= 0, attachment.isUsable, burst.makeRoom(for: count) == count else { return false }
        guard count > 0 else { return true }
        burst.listAhead(count)
        let done = unsafe cdpdk_pool_allocate(pool, burst.end, UInt32(count))
        burst.listMore(done ? count : 0)
        return done
    }
}

// MARK: - State

extension PacketPool {
    /// How many packets are free now, those in the caches of lcores included; 0 after the pool was destroyed.
    ///
    /// Old at once where others use the pool. Costs a look at every lcore's cache: not for a data path. The
    /// corresponding C function is `rte_mempool_avail_count`.
    public var availableCount: Int { attachment.isUsable ? unsafe Int(cdpdk_pool_available(pool)) : 0 }

    /// How many packets are in use now. The corresponding C function is `rte_mempool_in_use_count`.
    public var inUseCount: Int { attachment.isUsable ? capacity - availableCount : 0 }

    /// The NUMA nodes that the packets' memory is really on, with the number of its pages on each.
    ///
    /// Where the memory is in several pieces, a page that two of them share counts for each. Throws `.destroyed` or
    /// `.shutDown`. Costs a system call for each piece.
    public func nodes() throws(DPDKError) -> [NUMANode: Int] {
        _ = try attachment.member()
        var nodes: [NUMANode: Int] = [:]
        var memory: UnsafeRawPointer?
        var length: UInt64 = 0
        var number: UInt32 = 0
        while unsafe cdpdk_pool_chunk(pool, number, &memory, &length) {
            number += 1
            guard let memory = unsafe memory else { continue }
            let pages = unsafe try NUMANode.pages(
                at: memory, byteCount: Int(length), pageSize: Int(view.page_size))
            nodes.merge(pages, uniquingKeysWith: +)
        }
        return nodes
    }

    /// The processes of the group that hold packets of this pool, with how many each has listed.
    ///
    /// Packets in rings and in the queues of ports are nobody's. Throws `.destroyed`, `.shutDown` or
    /// `.registryCorrupted`. For people and for tests: it walks through all arenas.
    public func packetsHeld() throws(DPDKError) -> [ProcessIdentity: Int] {
        let member = try attachment.member()
        // A look-up of the arenas' memory takes EAL's locks, which a death would leave taken.
        return try member.registry.withSetUpLock { () throws(DPDKError) in try packetsHeld(asSeenBy: member) }
    }

    private func packetsHeld(asSeenBy member: Member) throws(DPDKError) -> [ProcessIdentity: Int] {
        var held: [ProcessIdentity: Int] = [:]
        for process in try member.registry.attachedProcesses() {
            let count = unsafe try Arena.packetCount(
                slot: process.slot, chunks: process.arenaChunks, of: pool)
            if count > 0 { held[process.identity] = count }
        }
        return held
    }
}

// MARK: - Destroying

extension PacketPool {
    /// Frees the pool's memory.
    ///
    /// Throws `.inUse` while packets of it are in use anywhere, while another process or another handle of this one has
    /// looked it up, or while a port receives into it; `holders` names the processes that are known to. Not to be
    /// called while another thread of this process allocates from a copy of this handle. The corresponding C function
    /// is `rte_mempool_free`.
    public func destroy(in process: PrimaryProcess) throws(DPDKError) {
        let pool = unsafe pool
        try attachment.destroy(
            by: process.running(),
            alsoHeldBy: { (member) throws(DPDKError) in
                let ports = PoolUses.ports(of: attachment)
                guard ports.isEmpty else {
                    throw DPDKError(
                        .inUse, attachment.what, "\(ports.sorted().joined(separator: ", ")) receives into it",
                        remedy: "Close the port, or configure it with another pool", holders: [process.identity])
                }
                let inUse = unsafe capacity - Int(cdpdk_pool_available(pool))
                guard inUse > 0 else { return [] }
                let holders = Array(try packetsHeld(asSeenBy: member).keys)
                guard holders.isEmpty else { return holders }
                throw DPDKError(
                    .inUse, attachment.what, "\(inUse) packets of it are in rings or in the queues of ports",
                    remedy: "Empty the rings and close the ports first")
            }
        ) { unsafe cdpdk_pool_free(pool) }
    }
}
