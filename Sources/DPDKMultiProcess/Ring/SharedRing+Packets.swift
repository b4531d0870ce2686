public import CDPDK

extension SharedRing.Producer where Element == Packet {
    /// Moves as many packets as fit from the front of the burst into the ring, and returns how many.
    ///
    /// What does not fit stays in the burst, in order, and is the caller's. O(n). The corresponding C function is
    /// `rte_ring_sp_enqueue_burst`.
    @inlinable @inline(__always)
    public mutating func enqueueBurst(_ burst: inout PacketBurst, upTo limit: Int = .max) -> Int {
        let count = room(for: min(limit, burst.count))
        guard count > 0 else { return 0 }
        unsafe copyIn(UnsafeRawPointer(burst.start).assumingMemoryBound(to: Packet.Slot.self), count)
        publish(count)
        cdpdk_signal_fence()
        burst.unlistFirst(count)
        return count
    }

    /// Moves all packets of the burst into the ring, or none where they do not all fit; true where they did.
    ///
    /// The corresponding C function is `rte_ring_sp_enqueue_bulk`.
    @inlinable @inline(__always)
    public mutating func enqueueBulk(_ burst: inout PacketBurst) -> Bool {
        guard room(for: burst.count) == burst.count else { return false }
        return enqueueBurst(&burst) >= 0
    }

    /// Moves one packet into the ring, or gives it back where the ring is full.
    ///
    /// Unlisting a packet that was held alone takes a lock of this process for an instant. The corresponding C function
    /// is `rte_ring_sp_enqueue`.
    @inlinable @inline(__always)
    public mutating func enqueue(_ packet: consuming Packet) -> Packet? {
        guard room(for: 1) == 1 else { return packet }
        unsafe slots[Int(position & mask)] = Packet.Slot(packet._mbuf)
        publish(1)
        cdpdk_signal_fence()
        packet.unlist()
        return nil
    }
}

extension SharedRing.Consumer where Element == Packet {
    /// Moves as many packets as there are and as have room into the burst, and returns how many.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_burst`.
    @inlinable @inline(__always)
    public mutating func dequeueBurst(into burst: inout PacketBurst, upTo limit: Int = .max) -> Int {
        let count = available(of: min(limit, burst.freeCapacity))
        guard count > 0 else { return 0 }
        _ = burst.makeRoom(for: count)
        unsafe copyOut(UnsafeMutableRawPointer(burst.end).assumingMemoryBound(to: Packet.Slot.self), count)
        burst.listMore(count)
        release(count)
        return count
    }

    /// Moves exactly `count` packets into the burst, or none where there are fewer or the burst has less room; true
    /// where it did.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_bulk`.
    @inlinable @inline(__always)
    public mutating func dequeueBulk(_ count: Int, into burst: inout PacketBurst) -> Bool {
        guard count > 0 else { return count == 0 }
        guard count <= burst.freeCapacity, count <= Int(limit), holds(count) else { return false }
        return dequeueBurst(into: &burst, upTo: count) == count
    }

    /// Moves the oldest packet out of the ring.
    ///
    /// It takes a lock of this process for an instant; bursts are faster. Once in some 60 000 packets that are held
    /// alone at the same time, the arena of this process grows, which takes the locks of a creation. The corresponding
    /// C function is `rte_ring_sc_dequeue`.
    ///
    /// - Returns: The packet, or nil if the ring is empty.
    /// - Throws: `.registryFull`, `.outOfMemory` or `.setUpLockTimeout` if the arena is full and cannot grow. The
    ///   packet stays in the ring then.
    @inlinable @inline(__always)
    public mutating func dequeue() throws(DPDKError) -> Packet? {
        guard available(of: 1) == 1 else { return nil }
        let packet = unsafe try Packet(listing: slots[Int(position & mask)].mbuf)
        cdpdk_signal_fence()
        release(1)
        return packet
    }
}
