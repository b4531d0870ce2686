public import CDPDK

extension SharedRing.SharedProducer where Element == Packet {
    /// Moves as many packets as fit from the front of a burst into the ring.
    ///
    /// - Parameter burst: The burst, which keeps the packets that do not fit, in order.
    /// - Returns: How many packets were moved.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_burst`.
    @inlinable @inline(__always)
    public borrowing func enqueueBurst(_ burst: inout PacketBurst) -> Int {
        unsafe burst.enqueue(all: false, to: ring, operation)
    }

    /// Moves all packets of a burst into the ring, or none.
    ///
    /// - Parameter burst: The burst.
    /// - Returns: Whether all of them fit and were moved.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_bulk`.
    @inlinable @inline(__always)
    public borrowing func enqueueBulk(_ burst: inout PacketBurst) -> Bool {
        unsafe burst.isEmpty || burst.enqueue(all: true, to: ring, operation) > 0
    }

    /// Moves one packet into the ring.
    ///
    /// - Parameter packet: The packet.
    /// - Returns: Nil if the packet is in the ring now; the packet itself if the ring is full.
    ///
    /// O(1); bursts are faster. Any thread may call this at any time. The corresponding C function is
    /// `rte_ring_enqueue`.
    @inlinable @inline(__always)
    public borrowing func enqueue(_ packet: consuming Packet) -> Packet? {
        let (record, source) = unsafe (packet.record, cdpdk_single_entry(packet.single))
        let word = cdpdk_listed(0, 1) | operation | 1 << 48
        let count = unsafe ring.put(source, 1, all: true) { unsafe cdpdk_record_begin_at(record, word, $0.position) }
        guard count == 1 else {
            unsafe cdpdk_record_list(record, 0, 1)
            return packet
        }
        packet.unlist()
        return nil
    }
}

extension SharedRing.SharedConsumer where Element == Packet {
    /// Moves as many packets as are available and fit to the end of a burst.
    ///
    /// - Parameter burst: The burst.
    /// - Returns: How many packets were moved.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_burst`.
    @inlinable @inline(__always)
    public borrowing func dequeueBurst(into burst: inout PacketBurst) -> Int {
        unsafe burst.dequeue(burst.makeRoom(for: burst.freeCapacity), all: false, from: ring, operation)
    }

    /// Moves exactly `count` packets to the end of a burst, or none.
    ///
    /// - Parameters:
    ///   - count: How many packets.
    ///   - burst: The burst.
    /// - Returns: Whether they were moved: false if the ring holds fewer, or if the burst has less room.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_bulk`.
    @inlinable @inline(__always)
    public borrowing func dequeueBulk(_ count: Int, into burst: inout PacketBurst) -> Bool {
        guard count > 0 else { return count == 0 }
        guard burst.makeRoom(for: count) == count else { return false }
        return unsafe burst.dequeue(count, all: true, from: ring, operation) > 0
    }

    /// Moves the oldest packet out of the ring.
    ///
    /// - Returns: The packet, or nil if the ring is empty.
    /// - Throws: `.registryFull`, `.outOfMemory`, `.setUpLockTimeout` or `.primaryDead` if the arena, which lists the
    ///   packets of this process, is full and cannot grow. Nothing leaves the ring then.
    ///
    /// O(1); bursts are faster. Each time that some 16 000 more packets are held alone at once, the arena grows, which
    /// takes the locks of a creation. Any thread may call this at any time. The corresponding C function is
    /// `rte_ring_dequeue`.
    @inlinable @inline(__always)
    public borrowing func dequeue() throws(DPDKError) -> Packet? {
        unsafe try Packet(taking: { single in
            let (record, entry) = unsafe (cdpdk_single_record(single), cdpdk_single_entry(single))
            let word = cdpdk_listed(0, 1) | operation | 1 << 48
            let count = unsafe ring.take(entry, 1, all: true) {
                unsafe cdpdk_record_begin_at(record, word, $0.position)
            }
            unsafe cdpdk_record_list(record, 0, UInt32(count))
            return unsafe count == 1 ? entry.pointee : nil
        })
    }
}

extension PacketBurst {
    /// Moves the first packets, or with `all` all or none, into a ring with many ends.
    @inlinable @inline(__always)
    mutating func enqueue(all: Bool, to ring: cdpdk_shared_ring, _ operation: UInt64) -> Int {
        let (record, source, count, before) = unsafe (record, start, count, listed)
        let word = before | operation
        let moved = unsafe ring.put(source, count, all: all) { move in
            unsafe cdpdk_record_begin_at(record, word | UInt64(move.number) &<< 48, move.position)
        }
        let after = _fastPath(moved == count) ? 0 : before &+ Self.listed(moved, 0) &- Self.listed(0, moved)
        unsafe cdpdk_record_write(record, after)
        listed = after
        return moved
    }

    /// Moves up to `wanted` packets, or with `all` all or none, out of a ring with many ends. There is room for them
    /// behind the last packet.
    @inlinable @inline(__always)
    mutating func dequeue(_ wanted: Int, all: Bool, from ring: cdpdk_shared_ring, _ operation: UInt64) -> Int {
        let (record, destination, before) = unsafe (record, end, listed)
        let moved = unsafe ring.take(destination, wanted, all: all) { move in
            let word = (before &+ Self.listed(0, Int(move.number))) | operation | UInt64(move.number) &<< 48
            unsafe cdpdk_record_begin_at(record, word, move.position)
        }
        let after = before &+ Self.listed(0, moved)
        unsafe cdpdk_record_write(record, after)
        listed = after
        return moved
    }
}
