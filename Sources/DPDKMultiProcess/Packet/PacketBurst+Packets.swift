public import CDPDK

// MARK: - Single packets

extension PacketBurst {
    /// The packet at a position, 0 for the first, to be read and changed in place.
    ///
    /// A position outside `0..<count` traps, as with an array.
    @inlinable
    public subscript(index: Int) -> PacketView {
        @_lifetime(borrow self)
        _read {
            precondition(index >= 0 && index < number, "position of a packet out of the burst's range")
            let view = unsafe _overrideLifetime(PacketView(entries[first &+ index]), borrowing: self)
            yield view
        }
        @_lifetime(&self)
        _modify {
            precondition(index >= 0 && index < number, "position of a packet out of the burst's range")
            var view = unsafe _overrideLifetime(PacketView(entries[first &+ index]), mutating: &self)
            yield &view
        }
    }

    /// Adds a packet at the end.
    ///
    /// - Parameter packet: The packet.
    /// - Returns: Nil if the burst has the packet now; the packet itself if the burst is full.
    ///
    /// O(1).
    @inlinable
    public mutating func append(_ packet: consuming Packet) -> Packet? {
        guard unsafe take(UnsafeMutableRawPointer(packet._mbuf)) else { return packet }
        packet.unlist()
        return nil
    }

    /// Takes the first packet out.
    ///
    /// - Returns: The packet, or nil if the burst is empty.
    /// - Throws: `.registryFull`, `.outOfMemory`, `.setUpLockTimeout` or `.primaryDead` if the arena, which lists the
    ///   packets of this process, is full and cannot grow. The packet stays in the burst then.
    ///
    /// O(1). When more than some 1 700 packets are held alone at once, and then for each 16 000 more, the arena grows,
    /// which takes the locks of a creation.
    @inlinable
    public mutating func popFirst() throws(DPDKError) -> Packet? {
        guard number > 0 else { return nil }
        let packet = unsafe try Packet(listing: start.pointee)
        unlistFirst(1)
        return packet
    }

    /// Takes the last packet out.
    ///
    /// - Returns: The packet, or nil if the burst is empty.
    /// - Throws: What ``popFirst()`` throws.
    ///
    /// It costs as much as ``popFirst()``.
    @inlinable
    public mutating func popLast() throws(DPDKError) -> Packet? {
        guard number > 0 else { return nil }
        let packet = unsafe try Packet(listing: (end - 1).pointee)
        list(first, number &- 1)
        return packet
    }
}

// MARK: - All packets

extension PacketBurst {
    /// Calls `body` with each packet in turn, to read and change it in place.
    ///
    /// - Parameters:
    ///   - distance: How many packets ahead the first bytes are loaded into the CPU's cache; 0 loads none, which is
    ///     best if `body` does not look at the bytes.
    ///   - body: What to do with each packet.
    /// - Throws: What `body` throws. The packets stay in the burst.
    ///
    /// O(n), without a call of C.
    @inlinable @inline(__always)
    public mutating func forEach<Failure: Error>(
        prefetching distance: Int = 0, _ body: (inout PacketView) throws(Failure) -> Void
    ) throws(Failure) {
        let number = number
        let start = unsafe start
        var index = 0
        while index < number {
            if distance > 0, index &+ distance < number {
                let ahead = unsafe PacketView(start[index &+ distance])
                ahead.prefetch()
            }
            var view = unsafe PacketView(start[index])
            try body(&view)
            index &+= 1
        }
    }

    /// Loads the first bytes of a packet into the CPU's cache, to be read or written soon.
    ///
    /// - Parameter index: The packet's position; nothing happens if there is no such packet.
    ///
    /// The corresponding C function is `rte_prefetch0`.
    @inlinable
    public borrowing func prefetch(_ index: Int) {
        guard index >= 0, index < number else { return }
        let view = unsafe PacketView(entries[first &+ index])
        view.prefetch()
    }

    /// Frees all packets.
    ///
    /// O(n), with one call of C. The corresponding C function is `rte_pktmbuf_free_bulk`.
    @inlinable
    public mutating func removeAll() { removeFirst(number) }

    /// Frees the first packets.
    ///
    /// - Parameter count: How many packets; all are freed if there are fewer.
    ///
    /// O(n), with one call of C. The corresponding C function is `rte_pktmbuf_free_bulk`.
    @inlinable
    public mutating func removeFirst(_ count: Int) {
        let count = min(count, number)
        guard count > 0 else { return }
        let (first, number) = (first, number)
        unsafe cdpdk_packets_free(
            record, entries, UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: number),
            UInt32(truncatingIfNeeded: count))
        note(first &+ count, number &- count)
    }

    /// Frees the packets for which `shouldBeRemoved` returns true; the others keep their order.
    ///
    /// - Parameter shouldBeRemoved: Whether to free a packet. It is called once for each packet, in order, before any
    ///   of them is freed.
    /// - Returns: How many packets were freed.
    ///
    /// O(n), with one call of C. The corresponding C function is `rte_pktmbuf_free_bulk`.
    @discardableResult
    public mutating func removeAll(where shouldBeRemoved: (inout PacketView) -> Bool) -> Int {
        let count = number
        let removed = unsafe withUnsafeTemporaryAllocation(of: Bool.self, capacity: count) { isKept in
            var kept = 0
            for index in 0..<count {
                var view = unsafe PacketView(entries[first + index])
                unsafe isKept[index] = !shouldBeRemoved(&view)
                if unsafe isKept[index] { kept += 1 }
            }
            // The kept ones move to the back, in order. Their places are taken by those that are to be freed.
            var place = count
            for index in (0..<count).reversed() where unsafe kept < count && isKept[index] {
                place -= 1
                if place > index { exchange(index, place) }
            }
            return count - kept
        }
        unsafe cdpdk_arena_hold(block, nil)
        removeFirst(removed)
        return removed
    }

    /// Exchanges two packets, each of which is listed at every moment.
    private func exchange(_ a: Int, _ b: Int) {
        let mbuf = unsafe entries[first + b]
        unsafe cdpdk_arena_hold(block, mbuf)
        unsafe entries[first + b] = entries[first + a]
        cdpdk_signal_fence()
        unsafe entries[first + a] = mbuf
    }

    /// Moves each packet to the end of one of several other bursts.
    ///
    ///     ready.scatter(into: &clients) { packet in Int(packet.rssHash ?? 0) % clientCount }
    ///
    /// A packet stays in this burst, in order, if its burst is full or `choose` returns a position that does not exist,
    /// for instance -1.
    ///
    /// - Parameters:
    ///   - bursts: The other bursts.
    ///   - choose: Returns the position in `bursts` of a packet's burst.
    /// - Returns: How many packets were moved.
    ///
    /// O(n), without a call of C.
    @inlinable @inline(__always)
    public mutating func scatter(
        into bursts: inout MutableSpan<PacketBurst>, by choose: (inout PacketView) -> Int
    ) -> Int {
        // Packets from another CPU are in that one's cache. The first line is needed to choose, and the second, if the
        // packets stay with this CPU, when they are freed.
        for index in 0..<min(number, 32) { unsafe cdpdk_mbuf_prefetch(entries[first &+ index]) }
        var kept = 0
        for index in 0..<number {
            let mbuf = unsafe entries[first &+ index]
            if index &+ 32 < number { unsafe cdpdk_mbuf_prefetch(entries[first &+ index &+ 32]) }
            var view = unsafe PacketView(mbuf)
            let target = choose(&view)
            if UInt(bitPattern: target) < UInt(bitPattern: bursts.count), unsafe bursts[target].take(mbuf) { continue }
            // This overwrites the entry of a moved packet, which its new burst lists, or the packet's own entry.
            cdpdk_signal_fence()
            unsafe entries[first &+ kept] = mbuf
            kept &+= 1
        }
        let moved = number &- kept
        list(first, kept)
        return moved
    }

    /// Lists one more packet at the end; false if the burst is full.
    @inlinable @inline(__always)
    mutating func take(_ mbuf: UnsafeMutableRawPointer) -> Bool {
        // Usually the packets begin with the first entry, and there is room.
        if _slowPath(listed >= UInt64(truncatingIfNeeded: capacity)) {
            guard makeRoom(for: 1) == 1 else { return false }
            unsafe end.pointee = mbuf
        } else {
            unsafe entries[Int(truncatingIfNeeded: listed)] = mbuf
        }
        listMore(1)
        return true
    }

    /// Moves as many packets as fit from the front of another burst to the end of this one.
    ///
    /// - Parameter other: The other burst, which keeps the packets that do not fit.
    /// - Returns: How many packets were moved.
    ///
    /// O(n), without a call of C.
    public mutating func append(from other: inout PacketBurst) -> Int {
        let count = makeRoom(for: min(other.count, freeCapacity))
        for index in 0..<count { unsafe end[index] = other.start[index] }
        listMore(count)
        other.unlistFirst(count)
        return count
    }
}
