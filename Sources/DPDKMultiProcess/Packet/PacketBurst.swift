public import CDPDK

/// Packets that are held together, in order, up to a fixed capacity: receive queues, rings and transmit queues move
/// them.
///
/// A burst owns its packets, and frees those that it still holds at the end of its scope. Packets leave it at the front
/// when a ring or a queue accepts them, and are added at the end. The list of packets is in the process's arena in
/// shared memory, so that the primary can give the packets back to their pools after the process's death.
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

    @usableFromInline let block: UnsafeMutablePointer<cdpdk_arena_block>
    /// What the block is used for. Others can write to shared memory too, so the kind is not read from there.
    private let kind: UInt32
    /// The entries that hold packets, as in the record's word. If the word says that an operation on a ring goes on, it
    /// is done, and these are what the ring's tail leaves of those in the word. 0 if there are none, and their number
    /// if they begin with the first entry; otherwise it is more than any ring has.
    @usableFromInline var listed: UInt64 = 0

    /// Creates an empty burst.
    ///
    /// - Parameters:
    ///   - capacity: How many packets it can hold, 1 to 8 192; 32 is usual.
    ///   - process: This process.
    /// - Throws: `.invalidSize` for another capacity; `.registryFull`, `.outOfMemory`, `.setUpLockTimeout` or
    ///   `.primaryDead` if the arena, which lists the packets of this process, cannot grow; `.shutDown`.
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
    }

    deinit {
        if number > 0 { unsafe cdpdk_packets_free(record, entries, UInt32(first), UInt32(number), UInt32(number)) }
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
    /// Says in shared memory which entries hold packets, and what is being done with them.
    @inlinable
    var record: UnsafeMutablePointer<cdpdk_record> { unsafe cdpdk_arena_record(block) }

    @inlinable
    var entries: UnsafeMutablePointer<UnsafeMutableRawPointer> { unsafe cdpdk_arena_entries(block) }

    /// The first packet's entry.
    @inlinable
    var start: UnsafeMutablePointer<UnsafeMutableRawPointer> { unsafe entries + first }

    /// The entry behind the last packet's.
    @inlinable
    var end: UnsafeMutablePointer<UnsafeMutableRawPointer> { unsafe entries + (first &+ number) }

    /// The entry of the first packet.
    @inlinable
    var first: Int { Int(cdpdk_word_first(listed)) }

    /// How many packets are listed.
    @inlinable
    var number: Int { Int(cdpdk_word_count(listed)) }

    @inlinable @inline(__always)
    static func listed(_ first: Int, _ number: Int) -> UInt64 {
        cdpdk_listed(UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: number))
    }

    /// Lists `number` packets from entry `first` on, with one store.
    @inlinable @inline(__always)
    mutating func list(_ first: Int, _ number: Int) {
        note(first, number)
        unsafe cdpdk_record_write(record, listed)
    }

    /// Notes what C has listed already.
    @inlinable @inline(__always)
    mutating func note(_ first: Int, _ number: Int) {
        listed = number == 0 ? 0 : Self.listed(first, number)
    }

    /// Lists `count` more packets at the end, whose entries are written already.
    @inlinable @inline(__always)
    mutating func listMore(_ count: Int) {
        let more = listed &+ Self.listed(0, count)
        unsafe cdpdk_record_write(record, more)
        listed = more
    }

    /// Unlists the first `count` packets, which are listed elsewhere by now.
    @inlinable @inline(__always)
    mutating func unlistFirst(_ count: Int) {
        listed = _fastPath(count == number) ? 0 : listed &+ Self.listed(count, 0) &- Self.listed(0, count)
        unsafe cdpdk_record_write(record, listed)
    }

    /// Makes up to `wanted` entries free after the last packet, and returns how many are free.
    @inlinable @inline(__always)
    mutating func makeRoom(for wanted: Int) -> Int {
        if capacity &- first &- number < wanted, first > 0 {
            listed = unsafe cdpdk_move_to_front(
                block, UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: number))
        }
        return min(wanted, capacity &- first &- number)
    }
}
