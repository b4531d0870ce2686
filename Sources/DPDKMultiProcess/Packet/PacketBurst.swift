public import CDPDK

/// Packets held together, in order, up to a fixed capacity: what receives, rings and transmit queues move.
///
/// A burst owns its packets: it frees what it holds when it goes out of scope. Accepted packets leave it at the front,
/// new ones are added at the end. Its list is in the process's arena in shared memory, so that its packets can be found
/// after the process's death.
///
///     var burst = try PacketBurst(capacity: 32, in: process)
///     _ = receiveQueue.receiveBurst(into: &burst)
///     _ = producer.enqueueBurst(&burst)        // what the ring does not take stays in the burst
///     burst.removeAll()                   // and goes back to its pool here
///
/// It may be sent to another thread, and is used by one at a time.
@safe public struct PacketBurst: ~Copyable, @unchecked Sendable {
    /// How many packets it can hold.
    public let capacity: Int

    private let block: UnsafeMutablePointer<cdpdk_arena_block>
    /// What the block is taken as: others write to shared memory too, so this is not read there.
    private let kind: UInt32
    /// The word in shared memory that says which entries are packets: the first, and how many.
    @usableFromInline let span: UnsafeMutablePointer<UInt64>
    @usableFromInline let entries: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var first: Int
    @usableFromInline var number: Int

    /// Makes an empty burst.
    ///
    /// It is for set-up, from any thread: a burst is made once and used again and again.
    ///
    /// - Parameters:
    ///   - capacity: How many packets it can hold, 1 to 16 384; 32 is usual.
    ///   - process: This process.
    /// - Throws: `.invalidSize` for another capacity; `.registryFull`, `.outOfMemory` or `.setUpLockTimeout` if the
    ///   arena, which lists the packets of this process, cannot grow; `.shutDown`.
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
    /// How many packets it holds.
    @inlinable public var count: Int { number }

    /// Whether it holds none.
    @inlinable public var isEmpty: Bool { number == 0 }

    /// Whether it holds as many as it can.
    @inlinable public var isFull: Bool { number == capacity }

    /// How many more it can hold.
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

    /// Lists `number` packets from entry `first` on, in one store.
    @inlinable @inline(__always)
    mutating func list(_ first: Int, _ number: Int) {
        self.first = first
        self.number = number
        storeSpan(first, number)
    }

    /// Says in shared memory which entries are packets.
    @inlinable @inline(__always)
    func storeSpan(_ first: Int, _ number: Int) {
        unsafe cdpdk_store_relaxed_64(
            span, UInt64(truncatingIfNeeded: first) | UInt64(truncatingIfNeeded: number) << 32)
    }

    /// Lists `count` more packets, whose entries are written, at the end.
    @inlinable @inline(__always)
    mutating func listMore(_ count: Int) {
        cdpdk_signal_fence()
        list(first, number &+ count)
    }

    /// Lists `count` entries behind the last packet, empty as yet, that C is going to write packets to: each is listed
    /// the moment it is there. ``listMore(_:)`` says how many came.
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

    /// Sees to it that up to `wanted` entries are free behind the last packet, and returns how many are.
    @inlinable @inline(__always)
    mutating func makeRoom(for wanted: Int) -> Int {
        if number == 0 {
            first = 0
        } else if capacity &- first &- number < wanted, first > 0 {
            moveToFront()
        }
        return min(wanted, capacity &- first &- number)
    }

    /// Moves the packets to the first entries. At every moment each of them is in the listed run.
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
