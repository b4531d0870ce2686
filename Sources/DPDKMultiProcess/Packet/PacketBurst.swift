public import CDPDK

/// Packets that are held together, in order, up to a fixed capacity: receive queues, rings and transmit queues move
/// them.
///
/// A burst owns its packets, and frees those that it still holds at the end of its scope. Packets leave it at the front
/// when a ring or a queue accepts them, and are added at the end. The list of packets is in the process's arena in
/// shared memory, so that others can find the packets after the process's death.
///
///     var burst = try PacketBurst(capacity: 32, in: process)
///     _ = receiveQueue.receiveBurst(into: &burst)
///     _ = producer.enqueueBurst(&burst)   // packets that do not fit into the ring stay in the burst
///     burst.removeAll()                   // and go back to their pool here
///
/// A burst may move to another thread; one thread uses it at a time.
@safe public struct PacketBurst: ~Copyable, @unchecked Sendable {
    /// How many packets it can hold.
    public let capacity: Int

    private let block: UnsafeMutablePointer<cdpdk_arena_block>
    /// What the block is used for. Others can write to shared memory too, so the kind is not read from there.
    private let kind: UInt32
    /// The word in shared memory that says which entries hold packets: the first one, and how many.
    @usableFromInline let span: UnsafeMutablePointer<UInt64>
    @usableFromInline let entries: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var first: Int
    @usableFromInline var number: Int

    /// Creates an empty burst.
    ///
    /// - Parameters:
    ///   - capacity: How many packets it can hold, 1 to 16 384; 32 is usual.
    ///   - process: This process.
    /// - Throws: `.invalidSize` for another capacity; `.registryFull`, `.outOfMemory` or `.setUpLockTimeout` if the
    ///   arena, which lists the packets of this process, cannot grow; `.shutDown`.
    ///
    /// This is for set-up: make a burst once and use it again and again. Any thread may call it.
    public init(capacity: Int, in process: DPDKProcess) throws(DPDKError) {
        _ = try process.running()
        try self.init(kind: UInt32(CDPDK_BLOCK_BURST), capacity: capacity)
    }

    init(kind: UInt32, capacity: Int) throws(DPDKError) {
        let block = unsafe try Arena.takeBlock(kind, capacity: capacity)
        self.capacity = capacity
        self.kind = kind
        unsafe self.block = block
        unsafe span = cdpdk_arena_span(block)
        unsafe entries = cdpdk_arena_entries(block)
        first = 0
        number = 0
    }

    deinit {
        if number > 0 { unsafe cdpdk_mbuf_free_bulk(entries + first, UInt32(number)) }
        unsafe cdpdk_arena_release_block(block, kind, UInt32(capacity))
    }
}

// MARK: - State

extension PacketBurst {
    /// How many packets the burst holds.
    @inlinable public var count: Int { number }

    /// Whether the burst holds no packet.
    @inlinable public var isEmpty: Bool { number == 0 }

    /// Whether the burst holds as many packets as it can.
    @inlinable public var isFull: Bool { number == capacity }

    /// How many more packets fit.
    @inlinable public var freeCapacity: Int { capacity &- number }
}

// MARK: - The list

extension PacketBurst {
    /// The first packet's entry.
    @inlinable
    var start: UnsafeMutablePointer<UnsafeMutableRawPointer> { unsafe entries + first }

    /// The entry behind the last packet's.
    @inlinable
    var end: UnsafeMutablePointer<UnsafeMutableRawPointer> { unsafe entries + (first &+ number) }

    /// Lists `number` packets from entry `first` on, with one store.
    @inlinable @inline(__always)
    mutating func list(_ first: Int, _ number: Int) {
        self.first = first
        self.number = number
        storeSpan(first, number)
    }

    /// Writes to shared memory which entries hold packets.
    @inlinable @inline(__always)
    func storeSpan(_ first: Int, _ number: Int) {
        unsafe cdpdk_store_relaxed_64(
            span, UInt64(truncatingIfNeeded: first) | UInt64(truncatingIfNeeded: number) << 32)
    }

    /// Lists `count` more packets at the end, whose entries are written already.
    @inlinable @inline(__always)
    mutating func listMore(_ count: Int) {
        cdpdk_signal_fence()
        list(first, number &+ count)
    }

    /// Lists `count` empty entries after the last packet, to which C is about to write packets.
    ///
    /// So each packet is listed as soon as C has written it. Call ``listMore(_:)`` afterwards with the number that
    /// came.
    mutating func listAhead(_ count: Int) {
        unsafe UnsafeMutableRawPointer(end).initializeMemory(as: UInt.self, repeating: 0, count: count)
        cdpdk_signal_fence()
        storeSpan(first, number &+ count)
        cdpdk_signal_fence()
    }

    /// Unlists the first `count` packets, which are listed elsewhere by now.
    @inlinable @inline(__always)
    mutating func unlistFirst(_ count: Int) {
        list(first &+ count, number &- count)
    }

    /// Makes up to `wanted` entries free after the last packet, and returns how many are free.
    @inlinable @inline(__always)
    mutating func makeRoom(for wanted: Int) -> Int {
        if number == 0 {
            first = 0
        } else if capacity &- first &- number < wanted, first > 0 {
            moveToFront()
        }
        return min(wanted, capacity &- first &- number)
    }

    /// Moves the packets to the first entries. Each packet is in the listed run at every moment.
    @usableFromInline
    mutating func moveToFront() {
        let shift = first
        let count = number
        for index in 0..<min(shift, count) { unsafe entries[index] = entries[shift + index] }
        cdpdk_signal_fence()
        list(0, count > shift ? shift + count : count)
        cdpdk_signal_fence()
        if count > shift {
            for index in shift..<count { unsafe entries[index] = entries[shift + index] }
            cdpdk_signal_fence()
            list(0, count)
        }
    }
}
