public import CDPDK

extension SharedRing.Producer where Element == Packet {
    /// Moves as many packets as fit from the front of a burst into the ring.
    ///
    /// - Parameters:
    ///   - burst: The burst, which keeps the packets that do not fit, in order.
    ///   - limit: How many packets to move at most.
    /// - Returns: How many packets were moved.
    ///
    /// O(n). The corresponding C function is `rte_ring_sp_enqueue_burst`.
    @inlinable @inline(__always)
    public mutating func enqueueBurst(_ burst: inout PacketBurst, upTo limit: Int = .max) -> Int {
        // Usually there are packets, which begin with the first entry, and all of them fit: one comparison says so.
        let all = Int(truncatingIfNeeded: burst.listed)
        let block = unsafe burst.block
        guard _fastPath(UInt(bitPattern: all &- 1) < UInt(bound &- position)), all <= limit else {
            return enqueueAnyBurst(&burst, upTo: limit)
        }
        unsafe cdpdk_arena_enqueue(block, UInt64(truncatingIfNeeded: all) | operation, position)
        unsafe copyIn(UnsafeRawPointer(burst.entries).assumingMemoryBound(to: Packet.Slot.self), all)
        publish(all)
        burst.listed = 0
        return all
    }

    /// What ``enqueueBurst(_:upTo:)`` does with any burst.
    @usableFromInline
    mutating func enqueueAnyBurst(_ burst: inout PacketBurst, upTo limit: Int) -> Int {
        let count = room(for: min(burst.count, limit))
        guard count > 0 else { return 0 }
        unsafe cdpdk_arena_enqueue(burst.block, burst.listed | operation, position)
        unsafe copyIn(UnsafeRawPointer(burst.start).assumingMemoryBound(to: Packet.Slot.self), count)
        publish(count)
        burst.unlistFirst(count)
        return count
    }

    /// Moves all packets of a burst into the ring, or none.
    ///
    /// - Parameter burst: The burst.
    /// - Returns: Whether all of them fit and were moved.
    ///
    /// O(n). The corresponding C function is `rte_ring_sp_enqueue_bulk`.
    @inlinable @inline(__always)
    public mutating func enqueueBulk(_ burst: inout PacketBurst) -> Bool {
        guard hasRoom(for: burst.count) else { return false }
        return enqueueBurst(&burst) >= 0
    }

    /// Moves one packet into the ring.
    ///
    /// - Parameter packet: The packet.
    /// - Returns: Nil if the packet is in the ring now; the packet itself if the ring is full.
    ///
    /// O(1); bursts are faster. The corresponding C function is `rte_ring_sp_enqueue`.
    @inlinable @inline(__always)
    public mutating func enqueue(_ packet: consuming Packet) -> Packet? {
        guard hasRoom(for: 1) else { return packet }
        unsafe cdpdk_record_begin_at(packet.record, cdpdk_listed(0, 1) | operation, position)
        unsafe slots[Int(position & mask)] = Packet.Slot(packet._mbuf)
        unsafe prefetch.one(slots, mask, at: position)
        publish(1)
        packet.unlist()
        return nil
    }
}

extension SharedRing.Consumer where Element == Packet {
    /// Moves as many packets as are available and fit to the end of a burst.
    ///
    /// - Parameters:
    ///   - burst: The burst.
    ///   - limit: How many packets to move at most.
    /// - Returns: How many packets were moved.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_burst`.
    @inlinable @inline(__always)
    public mutating func dequeueBurst(into burst: inout PacketBurst, upTo limit: Int = .max) -> Int {
        // Usually the burst is empty. Its packets will be the entries from the first on.
        let block = unsafe burst.block
        // If it were read after the look, it would be loaded twice.
        let slots = unsafe slots
        guard _fastPath(burst.listed == 0) else { return dequeueAnyBurst(into: &burst, upTo: limit) }
        let count = available(of: min(burst.capacity, limit))
        guard count > 0 else { return 0 }
        unsafe RingCopy.copyOut(
            slots, mask, at: position,
            UnsafeMutableRawPointer(burst.entries).assumingMemoryBound(to: Packet.Slot.self), count)
        let listed = UInt64(truncatingIfNeeded: count)
        unsafe cdpdk_arena_dequeue(block, listed | operation, position &+ UInt32(truncatingIfNeeded: count))
        unsafe release(count, by: cdpdk_ring_consumers(slots))
        burst.listed = listed
        return count
    }

    /// What ``dequeueBurst(into:upTo:)`` does with any burst.
    @usableFromInline
    mutating func dequeueAnyBurst(into burst: inout PacketBurst, upTo limit: Int) -> Int {
        let count = available(of: min(burst.freeCapacity, limit))
        guard count > 0 else { return 0 }
        _ = burst.makeRoom(for: count)
        unsafe copyOut(UnsafeMutableRawPointer(burst.end).assumingMemoryBound(to: Packet.Slot.self), count)
        let listed = burst.listed &+ PacketBurst.listed(0, count)
        unsafe cdpdk_arena_dequeue_more(
            burst.block, burst.listed, listed | operation, position &+ UInt32(truncatingIfNeeded: count))
        release(count)
        burst.listed = listed
        return count
    }

    /// Moves exactly `count` packets to the end of a burst, or none.
    ///
    /// - Parameters:
    ///   - count: How many packets.
    ///   - burst: The burst.
    /// - Returns: Whether they were moved: false if the ring holds fewer, or if the burst has less room.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_bulk`.
    @inlinable @inline(__always)
    public mutating func dequeueBulk(_ count: Int, into burst: inout PacketBurst) -> Bool {
        guard count > 0 else { return count == 0 }
        guard count <= burst.freeCapacity, holds(count) else { return false }
        return dequeueBurst(into: &burst, upTo: count) == count
    }

    /// Moves the oldest packet out of the ring.
    ///
    /// - Returns: The packet, or nil if the ring is empty.
    /// - Throws: `.registryFull`, `.outOfMemory`, `.setUpLockTimeout` or `.primaryDead` if the arena, which lists the
    ///   packets of this process, is full and cannot grow. The packet stays in the ring then.
    ///
    /// O(1); bursts are faster. When more than some 1 700 packets are held alone at once, and then for each 16 000
    /// more, the arena grows, which takes the locks of a creation. The corresponding C function is
    /// `rte_ring_sc_dequeue`.
    @inlinable @inline(__always)
    public mutating func dequeue() throws(DPDKError) -> Packet? {
        guard holds(1) else { return nil }
        let packet = unsafe try Packet(dequeuing: slots[Int(position & mask)].mbuf, operation, to: position &+ 1)
        release(1)
        unsafe cdpdk_record_list(packet.record, 0, 1)
        return packet
    }
}
