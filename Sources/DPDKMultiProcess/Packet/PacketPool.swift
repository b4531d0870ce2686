internal import CDPDK

/// A pool of packets in shared memory: the processes of a group allocate packets from it and free them to it.
///
/// A `PacketPool` is a handle: it can be copied and passed to other threads, and nothing is freed at the end of its
/// scope.
///
///     let pool = try PacketPool(creating: "packets", capacity: 8191, in: primary)
///     guard var packet = try pool.allocate() else { … }      // no packet is free
///     packet.append(repeating: 0, count: 60)
///
/// The pool is an ordinary `rte_mempool` of packet buffers, so that a C process can use it.
@safe public struct PacketPool: @unchecked Sendable {
    let pool: OpaquePointer
    let view: cdpdk_pool_view
    let attachment: Attachment

    /// The pool's name, 1 to 25 bytes.
    public var name: String { attachment.name }

    /// How many packets the pool has, free or in use.
    public var capacity: Int { Int(view.capacity) }

    /// How many free packets each lcore keeps for itself, 0 to 512.
    public var cacheSize: Int { Int(view.cache_size) }

    /// The size of each packet's buffer in bytes, headroom included.
    public var dataRoom: Int { Int(view.data_room) }

    /// How the pool keeps its free packets.
    public var operations: PacketPool.Operations {
        PacketPool.Operations(unsafe withUnsafeBytes(of: view.ops) { unsafe SharedText.read($0) } ?? "")
    }

    /// The usual buffer size: 2 048 bytes for an Ethernet frame and 128 bytes of headroom.
    public static let defaultDataRoom = 2_176
}

// MARK: - Creating

extension PacketPool {
    /// Creates a pool.
    ///
    /// - Parameters:
    ///   - name: 1 to 25 bytes, unique among the group's pools.
    ///   - capacity: How many packets, 1 to 2³⁰ − 1, and at least 1.5 times `cacheSize`. 2ⁿ − 1 uses memory best.
    ///   - dataRoom: The size of each packet's buffer in bytes, headroom included, 128 to 65 535.
    ///   - cacheSize: How many free packets each lcore keeps for itself, 0 to 512. Packets in the cache of an lcore are
    ///     not available to other lcores.
    ///   - operations: How the pool keeps its free packets.
    ///   - node: The NUMA node that the memory is to be on.
    ///   - process: The primary.
    /// - Throws: `.invalidName`; `.nameTaken`; `.invalidSize` for a capacity, data room or cache size out of range;
    ///   `.invalidArgument` for operations that no driver registered, or a node that does not exist; `.outOfMemory`;
    ///   `.registryFull`; `.setUpLockTimeout`; `.shutDown`.
    ///
    /// It takes EAL's locks, and time for each packet, so it is for set-up. Any thread may call it. The corresponding C
    /// function is `rte_pktmbuf_pool_create_by_ops`.
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
                DPDKError.choice(0, min(Int(cdpdk_pool_cache_max()), capacity * 2 / 3), "packets"))
        }
        guard unsafe cdpdk_pool_has_ops(operations.description) else {
            throw DPDKError(
                .invalidArgument, what,
                "no driver of this process has registered the mempool operations '\(operations)'",
                remedy: "Check the name, or load the driver that has them with -d")
        }
        let socket = try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id()))
        let (attachment, made) = unsafe try member.create(.pool, name) { (zone) throws(DPDKError) -> Made in
            var made: OpaquePointer?
            let status = unsafe cdpdk_pool_create(
                name, UInt32(capacity), UInt32(cacheSize), 0, UInt16(dataRoom), socket, operations.description, &made)
            guard status == 0, let made = unsafe made else {
                throw .creation(.pool, name, RTEErrno(rawValue: status), byteCount: capacity * (dataRoom + 192))
            }
            let view = unsafe cdpdk_pool_view(made)
            zone = view.zone
            return unsafe (made, view)
        } undo: {
            unsafe cdpdk_pool_free($0.pool)
        }
        unsafe self.init(pool: made.pool, view: made.view, attachment: attachment)
    }

    /// A pool and its properties, which are read before a shutdown can take the memory away.
    @unsafe private typealias Made = (pool: OpaquePointer, view: cdpdk_pool_view)

    /// Looks up a pool that a process with this library created.
    ///
    /// - Parameters:
    ///   - name: The pool's name.
    ///   - process: This process.
    /// - Throws: `.notFound`; `.wrongKind` if a process without this library made the pool; `.invalidName`,
    ///   `.registryFull`, `.setUpLockTimeout` or `.shutDown`.
    ///
    /// It is for set-up, and takes a lock of EAL only if it finds nothing. Any thread may call it. The corresponding C
    /// function is `rte_mempool_lookup`.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: false, try process.running())
    }

    /// Looks up a pool that any process made, for instance a C process; you vouch that it is a pool of packets.
    ///
    /// Only the size of the pool's elements is checked. The process that made the pool may free it while this process
    /// uses it, and no other process can destroy it.
    ///
    /// - Parameters:
    ///   - name: The pool's name.
    ///   - process: This process.
    /// - Throws: `.notFound`; `.wrongKind` if the size of the elements shows that they are no packets; otherwise what
    ///   ``init(lookingUp:in:)`` throws.
    ///
    /// It takes EAL's locks, so it is for set-up. Any thread may call it. The corresponding C function is
    /// `rte_mempool_lookup`.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: true, try process.running())
    }

    private init(lookingUp name: String, isForeign: Bool, _ member: Member) throws(DPDKError) {
        let (attachment, made) = unsafe try member.lookUp(
            .pool, name, isForeign: isForeign, layout: nil,
            at: { (zone) -> Made? in unsafe cdpdk_pool_at(zone, name).map { unsafe ($0, cdpdk_pool_view($0)) } },
            find: { () -> Made? in unsafe cdpdk_pool_lookup(name).map { unsafe ($0, cdpdk_pool_view($0)) } },
            address: { unsafe UInt(bitPattern: $0.pool) }
        ) { (made) throws(DPDKError) in
            guard unsafe made.view.is_packet_pool else {
                throw DPDKError(
                    .wrongKind, ObjectKind.pool.named(name), "its elements are not packets",
                    remedy: "Look up a pool that was made with rte_pktmbuf_pool_create")
            }
        }
        unsafe self.init(pool: made.pool, view: made.view, attachment: attachment)
    }
}

// MARK: - Allocating

extension PacketPool {
    /// Takes a free packet of length 0.
    ///
    /// - Returns: The packet, or nil if none is free.
    /// - Throws: `.registryFull`, `.outOfMemory`, `.setUpLockTimeout` or `.primaryDead` if the arena, which lists the
    ///   packets of this process, is full and cannot grow; `.destroyed` or `.shutDown`.
    ///
    /// O(1); bursts are faster. When more than some 1 700 packets are held alone at once, and then for each 16 000
    /// more, the arena grows, which takes the locks of a creation. If a process is stopped while it moves packets from
    /// the pool to a cache, this gives up after half a second. Any thread of any process may call this at any time. The
    /// corresponding C function is `rte_pktmbuf_alloc`.
    public func allocate() throws(DPDKError) -> Packet? {
        // As soon as the single is taken, a shutdown is refused.
        if let packet = unsafe try Packet(taking: {
            unsafe attachment.isThere ? cdpdk_packets_allocate_single(pool, $0) : nil
        }) {
            return packet
        }
        try attachment.checkIsThere()
        return nil
    }

    /// Takes `count` free packets of length 0 to the end of a burst, or none.
    ///
    /// - Parameters:
    ///   - count: How many packets, 0 or more.
    ///   - burst: The burst that owns them from now on.
    /// - Returns: Whether all of them were allocated: false if fewer are free, if the burst has less room, or if the
    ///   pool was destroyed.
    ///
    /// It calls C once, and waits as ``allocate()`` does. Any thread of any process may call this at any time. The
    /// corresponding C function is `rte_pktmbuf_alloc_bulk`.
    public func allocateBulk(_ count: Int, into burst: inout PacketBurst) -> Bool {
        // While the burst exists, a shutdown is refused.
        guard count >= 0, attachment.isThere, burst.makeRoom(for: count) == count else { return false }
        guard count > 0 else { return true }
        guard
            unsafe cdpdk_packets_allocate(
                pool, burst.record, burst.entries, UInt32(burst.first), UInt32(burst.number), UInt32(count))
        else { return false }
        burst.note(burst.first, burst.number + count)
        return true
    }
}

// MARK: - State

extension PacketPool {
    /// How many packets are free now, those in the caches of lcores included; 0 after the pool was destroyed.
    ///
    /// A snapshot: it may be stale by the time you read it. It walks every lcore's cache, so keep it off data paths.
    /// Any thread may ask. The corresponding C function is `rte_mempool_avail_count`.
    public var availableCount: Int { free ?? 0 }

    /// How many packets are in use now, those that count for ``doubtfulCount`` included; 0 after the pool was
    /// destroyed.
    ///
    /// A snapshot at the cost of ``availableCount``. The corresponding C function is `rte_mempool_in_use_count`.
    public var inUseCount: Int { free.map { capacity - $0 } ?? 0 }

    /// How many packets nobody can use because a process was killed at an instant after which nobody can know who has
    /// them; 0 after the pool was destroyed.
    ///
    /// It counts each segment of a packet. It falls only when packets of a driver's call come back, because the queue
    /// of the dead process was stopped. A packet that others share counts too if a process was killed while it freed
    /// the packet, which may come back with the others. What C processes held when they were killed is not known, and
    /// does not count. <doc:WhenAProcessDies> says when packets are in doubt. It takes a lock of this process, and any
    /// thread may ask. There is no corresponding C function.
    public var doubtfulCount: Int {
        (try? attachment.whileThere { Int(clamping: $0.registry.doubtfulPackets(ofPool: attachment.reference.index)) })
            ?? 0
    }

    private var free: Int? { try? attachment.whileThere { _ in unsafe Int(cdpdk_pool_available(pool)) } }

    /// The NUMA nodes that the packets' memory is actually on, with the number of its pages on each.
    ///
    /// If the memory consists of several pieces, a page that two of them share counts for each.
    ///
    /// - Returns: The number of pages for each node.
    /// - Throws: `.destroyed` or `.shutDown`; `.permissionDenied` if the kernel refuses to tell.
    ///
    /// It costs a system call for each piece, and some 100 ns for each page. Any thread may call it. There is no
    /// corresponding C function.
    public func nodes() throws(DPDKError) -> [NUMANode: Int] {
        try attachment.whileThere { (_) throws(DPDKError) in
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
    }

    /// The processes of the group that hold packets of this pool.
    ///
    /// Packets in rings and in the queues of ports belong to no process.
    ///
    /// - Returns: The number of packets for each process that holds some.
    /// - Throws: `.destroyed`, `.shutDown`, `.setUpLockTimeout` or `.registryCorrupted`.
    ///
    /// It walks through the arenas of all processes under the group's set-up lock, so it is for people and for tests.
    /// Any thread may call it. There is no corresponding C function.
    public func packetsHeld() throws(DPDKError) -> [ProcessIdentity: Int] {
        let member = try attachment.member()
        // Under it nobody frees the pool.
        return try member.registry.withSetUpLock { () throws(DPDKError) in
            try attachment.checkIsThere()
            return try packetsHeld(asSeenBy: member)
        }
    }

    private func packetsHeld(asSeenBy member: Member) throws(DPDKError) -> [ProcessIdentity: Int] {
        var held: [ProcessIdentity: Int] = [:]
        for process in try member.registry.attachedProcesses() {
            let count = unsafe try Arena.packetCount(slot: process.slot, of: pool)
            if count > 0 { held[process.identity] = count }
        }
        return held
    }
}

// MARK: - Destroying

extension PacketPool {
    /// Frees the pool's memory.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.inUse` while packets of it are in use anywhere, while another process or another handle of this
    ///   process has looked it up, or while a port receives into it; `holders` names the processes that are known to
    ///   use it. `.wrongKind` if a process without this library made it. `.destroyed`, `.shutDown` or
    ///   `.setUpLockTimeout`.
    ///
    /// Do not call this while another thread of this process allocates from a copy of this handle. The corresponding C
    /// function is `rte_mempool_free`.
    public func destroy(in process: PrimaryProcess) throws(DPDKError) {
        let pool = unsafe pool
        try attachment.destroy(
            by: process.running(),
            alsoHeldBy: { (member) throws(DPDKError) in
                let ports = PoolUses.ports(of: attachment)
                guard ports.isEmpty else {
                    throw DPDKError(
                        .inUse, attachment.what, "\(ports.sorted().joined(separator: ", ")) receives into it",
                        remedy: "Close each of these ports, or configure it with another pool",
                        holders: [process.identity])
                }
                let inUse = unsafe capacity - Int(cdpdk_pool_available(pool))
                guard inUse > 0 else { return [] }
                let holders = Array(try packetsHeld(asSeenBy: member).keys)
                guard holders.isEmpty else { return holders }
                throw DPDKError(
                    .inUse, attachment.what, "\(inUse) packets of it are in rings or in the queues of ports",
                    remedy:
                        "Empty the rings and close the ports first. If `doubtfulCount` is not 0, killed processes have"
                        + " left packets that cannot be found, and the pool stays until the group ends")
            },
            emptying: { () throws(DPDKError) in
                guard unsafe cdpdk_packets_hold_pool(pool) else {
                    throw DPDKError(
                        .inUse, attachment.what, "a process is moving packets of it", remedy: "Try again a little later"
                    )
                }
            }
        ) { unsafe cdpdk_pool_free(pool) }
    }
}
