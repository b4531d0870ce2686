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
    /// Says in shared memory which entries hold packets, and what is being done with them.
    @usableFromInline let record: UnsafeMutablePointer<cdpdk_record>
    @usableFromInline let entries: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var first: Int
    @usableFromInline var number: Int

    /// Creates an empty burst.
    ///
    /// - Parameters:
    ///   - capacity: How many packets it can hold, 1 to 8 192; 32 is usual.
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
        unsafe record = cdpdk_arena_record(block)
        unsafe entries = cdpdk_arena_entries(block)
        first = 0
        number = 0
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
        unsafe cdpdk_record_list(record, UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: number))
    }

    /// Notes what C has listed already.
    @inlinable @inline(__always)
    mutating func note(_ first: Int, _ number: Int) {
        self.first = first
        self.number = number
    }

    /// Lists `number` packets from the first one on, and begins an operation on an object, with one store.
    @inlinable @inline(__always)
    func begin(_ operation: UInt32, _ number: Int, at position: UInt32, of object: UInt32) {
        unsafe cdpdk_record_begin(
            record, UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: number), operation, position, object)
    }

    /// Lists `count` more packets at the end, whose entries are written already.
    @inlinable @inline(__always)
    mutating func listMore(_ count: Int) {
        list(first, number &+ count)
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
        list(0, count > shift ? shift + count : count)
        if count > shift {
            for index in shift..<count { unsafe entries[index] = entries[shift + index] }
            list(0, count)
        }
    }
}
