internal import CDPDK

extension SharedRing where Element: ~Copyable {
    /// A producing end of a ring that many processes and threads fill at once.
    ///
    /// Any number of processes and threads may have one, and many threads may use one at the same time. Operations call
    /// DPDK's functions for the ring's mode. A process that is killed in the middle of an operation blocks the ring for
    /// everybody, in every mode of shared ends: see ``RingAccess``. If processes may be killed, use exclusive ends.
    @safe public struct SharedProducer: ~Copyable, @unchecked Sendable {
        let ring: OpaquePointer
        let stride = UInt32(MemoryLayout<Element.Slot>.stride)
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// A consuming end of a ring that many processes and threads empty at once.
    ///
    /// Any number of processes and threads may have one, and many threads may use one at the same time. A process that
    /// is killed in the middle of an operation blocks the ring for everybody, as with a ``SharedProducer``.
    @safe public struct SharedConsumer: ~Copyable, @unchecked Sendable {
        let ring: OpaquePointer
        let stride = UInt32(MemoryLayout<Element.Slot>.stride)
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// Makes a producing end of a ring that has many.
    ///
    /// - Returns: The end.
    /// - Throws: `.wrongMode` if the ring was created for one producer; `.destroyed`, `.shutDown`, `.registryFull` or
    ///   `.setUpLockTimeout`.
    ///
    /// This is for set-up. Any thread may call it. There is no corresponding C function.
    public func makeSharedProducer() throws(DPDKError) -> SharedProducer {
        guard producers != .exclusive else { throw .wrongMode(attachment.what, "producers", "makeProducer()") }
        return unsafe SharedProducer(ring: ring, claim: try attachment.claim(End(kind: .sharedProducer)))
    }

    /// Makes a consuming end of a ring that has many.
    ///
    /// - Returns: The end.
    /// - Throws: `.wrongMode` if the ring was created for one consumer; `.destroyed`, `.shutDown`, `.registryFull` or
    ///   `.setUpLockTimeout`.
    ///
    /// This is for set-up. Any thread may call it. There is no corresponding C function.
    public func makeSharedConsumer() throws(DPDKError) -> SharedConsumer {
        guard consumers != .exclusive else { throw .wrongMode(attachment.what, "consumers", "makeConsumer()") }
        return unsafe SharedConsumer(ring: ring, claim: try attachment.claim(End(kind: .sharedConsumer)))
    }
}

// MARK: - Values

extension SharedRing.SharedProducer where Element: RingValue {
    /// Copies as many values as fit into the ring, from the first on.
    ///
    /// - Parameter elements: The values.
    /// - Returns: How many values were copied.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_burst_elem`.
    public borrowing func enqueueBurst(_ elements: Span<Element>) -> Int {
        unsafe elements.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe Int(cdpdk_ring_enqueue_burst(ring, base, stride, UInt32(clamping: elements.count)))
        }
    }

    /// Copies all values into the ring, or none.
    ///
    /// - Parameter elements: The values.
    /// - Returns: Whether all of them fit and were copied.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_bulk_elem`.
    public borrowing func enqueueBulk(_ elements: Span<Element>) -> Bool {
        unsafe elements.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, elements.count > 0 else { return true }
            return unsafe cdpdk_ring_enqueue_bulk(ring, base, stride, UInt32(clamping: elements.count)) > 0
        }
    }

    /// Copies one value into the ring.
    ///
    /// - Parameter element: The value.
    /// - Returns: Nil if the value is in the ring now; the value itself if the ring is full.
    ///
    /// O(1). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_elem`.
    public borrowing func enqueue(_ element: Element) -> Element? {
        // A whole stride of memory, since that is what is copied.
        unsafe withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { buffer in
            guard let base = buffer.baseAddress else { return element }
            unsafe base.initialize(to: element)
            return unsafe cdpdk_ring_enqueue_bulk(ring, base, stride, 1) == 1 ? nil : element
        }
    }
}

extension SharedRing.SharedConsumer where Element: RingValue {
    /// Takes as many values as are available and fit.
    ///
    /// - Parameter output: The values are appended to it.
    /// - Returns: How many values were taken.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_burst_elem`.
    public borrowing func dequeueBurst(into output: inout OutputSpan<Element>) -> Int {
        let room = output.freeCapacity
        return unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            guard let base = buffer.baseAddress, room > 0 else { return 0 }
            let count = unsafe Int(cdpdk_ring_dequeue_burst(ring, base + initialized, stride, UInt32(clamping: room)))
            initialized += count
            return count
        }
    }

    /// Takes exactly `count` values, or none.
    ///
    /// - Parameters:
    ///   - count: How many values.
    ///   - output: The values are appended to it.
    /// - Returns: Whether they were taken: false if the ring holds fewer, or if `output` has less room.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_bulk_elem`.
    public borrowing func dequeueBulk(_ count: Int, into output: inout OutputSpan<Element>) -> Bool {
        guard count > 0 else { return count == 0 }
        guard count <= output.freeCapacity, let number = UInt32(exactly: count) else { return false }
        return unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            guard let base = buffer.baseAddress,
                unsafe cdpdk_ring_dequeue_bulk(ring, base + initialized, stride, number) == number
            else { return false }
            initialized += count
            return true
        }
    }

    /// Takes the oldest value.
    ///
    /// - Returns: The value, or nil if the ring is empty.
    ///
    /// O(1). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_elem`.
    public borrowing func dequeue() -> Element? {
        unsafe withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { buffer in
            guard let base = buffer.baseAddress, unsafe cdpdk_ring_dequeue_bulk(ring, base, stride, 1) == 1 else {
                return nil
            }
            return unsafe base.pointee
        }
    }
}

// MARK: - Packets

extension SharedRing.SharedProducer where Element == Packet {
    /// Moves as many packets as fit from the front of a burst into the ring.
    ///
    /// - Parameter burst: The burst, which keeps the packets that do not fit, in order.
    /// - Returns: How many packets were moved.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_burst`.
    public borrowing func enqueueBurst(_ burst: inout PacketBurst) -> Int {
        guard burst.count > 0 else { return 0 }
        let count = unsafe Int(cdpdk_ring_enqueue_burst(ring, burst.start, stride, UInt32(burst.count)))
        burst.unlistFirst(count)
        return count
    }

    /// Moves all packets of a burst into the ring, or none.
    ///
    /// - Parameter burst: The burst.
    /// - Returns: Whether all of them fit and were moved.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_bulk`.
    public borrowing func enqueueBulk(_ burst: inout PacketBurst) -> Bool {
        let count = burst.count
        guard count > 0 else { return true }
        guard unsafe cdpdk_ring_enqueue_bulk(ring, burst.start, stride, UInt32(count)) > 0 else { return false }
        burst.unlistFirst(count)
        return true
    }

    /// Moves one packet into the ring.
    ///
    /// - Parameter packet: The packet.
    /// - Returns: Nil if the packet is in the ring now; the packet itself if the ring is full.
    ///
    /// It takes a lock of this process for an instant; bursts are faster. Any thread may call this at any time. The
    /// corresponding C function is `rte_ring_enqueue`.
    public borrowing func enqueue(_ packet: consuming Packet) -> Packet? {
        let isIn = unsafe withUnsafeBytes(of: Packet.Slot(packet._mbuf)) { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe cdpdk_ring_enqueue_bulk(ring, base, stride, 1) == 1
        }
        guard isIn else { return packet }
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
    public borrowing func dequeueBurst(into burst: inout PacketBurst) -> Int {
        let room = burst.makeRoom(for: burst.freeCapacity)
        guard room > 0 else { return 0 }
        burst.listAhead(room)
        let count = unsafe Int(cdpdk_ring_dequeue_burst(ring, burst.end, stride, UInt32(room)))
        burst.listMore(count)
        return count
    }

    /// Moves exactly `count` packets to the end of a burst, or none.
    ///
    /// - Parameters:
    ///   - count: How many packets.
    ///   - burst: The burst.
    /// - Returns: Whether they were moved: false if the ring holds fewer, or if the burst has less room.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_bulk`.
    public borrowing func dequeueBulk(_ count: Int, into burst: inout PacketBurst) -> Bool {
        guard count > 0 else { return count == 0 }
        guard burst.makeRoom(for: count) == count else { return false }
        burst.listAhead(count)
        let done = unsafe cdpdk_ring_dequeue_bulk(ring, burst.end, stride, UInt32(count)) > 0
        burst.listMore(done ? count : 0)
        return done
    }

    /// Moves the oldest packet out of the ring.
    ///
    /// - Returns: The packet, or nil if the ring is empty.
    /// - Throws: `.registryFull`, `.outOfMemory` or `.setUpLockTimeout` if the arena, which lists the packets of this
    ///   process, is full and cannot grow. Nothing leaves the ring then.
    ///
    /// It takes a lock of this process for an instant; bursts are faster. Each time that some 60 000 more packets are
    /// held alone at once, the arena grows, which takes the locks of a creation. Any thread may call this at any time.
    /// The corresponding C function is `rte_ring_dequeue`.
    public borrowing func dequeue() throws(DPDKError) -> Packet? {
        unsafe try Packet(taking: { entry in unsafe cdpdk_ring_dequeue_bulk(ring, entry, stride, 1) == 1 })
    }
}
