internal import CDPDK

extension SharedRing where Element: ~Copyable {
    /// A producing end of a ring that has many at once.
    ///
    /// Any number of processes and threads may have one, and one may be used by many threads at once. Operations call
    /// DPDK's functions for the ring's mode. A process that is killed between two steps of such an operation leaves the
    /// ring blocked for everybody in the modes `.multiple` and `.relaxedTailSync`: where processes may be killed, use
    /// exclusive ends.
    @safe public struct SharedProducer: ~Copyable, @unchecked Sendable {
        let ring: OpaquePointer
        let stride = UInt32(MemoryLayout<Element.Slot>.stride)
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// A consuming end of a ring that has many at once. What ``SharedProducer`` says of killed processes holds here
    /// too.
    @safe public struct SharedConsumer: ~Copyable, @unchecked Sendable {
        let ring: OpaquePointer
        let stride = UInt32(MemoryLayout<Element.Slot>.stride)
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// Makes a producing end of a ring that has many.
    ///
    /// Throws `.wrongMode` for a ring with an exclusive producer, `.destroyed`, `.shutDown`, `.registryFull` or
    /// `.setUpLockTimeout`. It is for set-up, from any thread.
    public func makeSharedProducer() throws(DPDKError) -> SharedProducer {
        guard producers != .exclusive else { throw .wrongMode(attachment.what, "producers", "makeProducer()") }
        return unsafe SharedProducer(ring: ring, claim: try attachment.claim(End(kind: .sharedProducer)))
    }

    /// Makes a consuming end of a ring that has many.
    ///
    /// Throws `.wrongMode` for a ring with an exclusive consumer, `.destroyed`, `.shutDown`, `.registryFull` or
    /// `.setUpLockTimeout`. It is for set-up, from any thread.
    public func makeSharedConsumer() throws(DPDKError) -> SharedConsumer {
        guard consumers != .exclusive else { throw .wrongMode(attachment.what, "consumers", "makeConsumer()") }
        return unsafe SharedConsumer(ring: ring, claim: try attachment.claim(End(kind: .sharedConsumer)))
    }
}

// MARK: - Values

extension SharedRing.SharedProducer where Element: RingValue {
    /// Copies as many values as fit, the first ones, and returns how many.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_enqueue_burst_elem`.
    public borrowing func enqueueBurst(_ elements: Span<Element>) -> Int {
        unsafe elements.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return unsafe Int(cdpdk_ring_enqueue_burst(ring, base, stride, UInt32(clamping: elements.count)))
        }
    }

    /// Copies all values, or none where they do not all fit; true where they did.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_enqueue_bulk_elem`.
    public borrowing func enqueueBulk(_ elements: Span<Element>) -> Bool {
        unsafe elements.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, elements.count > 0 else { return true }
            return unsafe cdpdk_ring_enqueue_bulk(ring, base, stride, UInt32(clamping: elements.count)) > 0
        }
    }

    /// Copies one value into the ring.
    ///
    /// - Parameter element: The value.
    /// - Returns: Nil if it is in the ring now; the value itself if the ring is full.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_enqueue_elem`.
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
    /// Takes as many values as there are and as have room in `output`, and returns how many.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_dequeue_burst_elem`.
    public borrowing func dequeueBurst(into output: inout OutputSpan<Element>) -> Int {
        let room = output.freeCapacity
        return unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            guard let base = buffer.baseAddress, room > 0 else { return 0 }
            let count = unsafe Int(cdpdk_ring_dequeue_burst(ring, base + initialized, stride, UInt32(clamping: room)))
            initialized += count
            return count
        }
    }

    /// Takes exactly `count` values, or none where there are fewer or `output` has less room; true where it did.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_dequeue_bulk_elem`.
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

    /// Takes the oldest value; nil where the ring is empty.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_dequeue_elem`.
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
    /// Moves as many packets as fit from the front of the burst into the ring, and returns how many.
    ///
    /// What does not fit stays in the burst. Safe from any thread. The corresponding C function is
    /// `rte_ring_enqueue_burst`.
    public borrowing func enqueueBurst(_ burst: inout PacketBurst) -> Int {
        guard burst.count > 0 else { return 0 }
        let count = unsafe Int(cdpdk_ring_enqueue_burst(ring, burst.start, stride, UInt32(burst.count)))
        burst.unlistFirst(count)
        return count
    }

    /// Moves all packets of the burst into the ring, or none where they do not all fit; true where they did.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_enqueue_bulk`.
    public borrowing func enqueueBulk(_ burst: inout PacketBurst) -> Bool {
        let count = burst.count
        guard count > 0 else { return true }
        guard unsafe cdpdk_ring_enqueue_bulk(ring, burst.start, stride, UInt32(count)) > 0 else { return false }
        burst.unlistFirst(count)
        return true
    }

    /// Moves one packet into the ring, or gives it back where the ring is full.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_enqueue`.
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
    /// Moves as many packets as there are and as have room into the burst, and returns how many.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_dequeue_burst`.
    public borrowing func dequeueBurst(into burst: inout PacketBurst) -> Int {
        let room = burst.makeRoom(for: burst.freeCapacity)
        guard room > 0 else { return 0 }
        burst.listAhead(room)
        let count = unsafe Int(cdpdk_ring_dequeue_burst(ring, burst.end, stride, UInt32(room)))
        burst.listMore(count)
        return count
    }

    /// Moves exactly `count` packets into the burst, or none where there are fewer or the burst has less room; true
    /// where it did.
    ///
    /// Safe from any thread. The corresponding C function is `rte_ring_dequeue_bulk`.
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
    /// Any thread may call this at any time. It takes a lock of this process for an instant, and once in some 60 000
    /// packets that are held alone at the same time the locks of a creation. The corresponding C function is
    /// `rte_ring_dequeue`.
    ///
    /// - Returns: The packet, or nil if the ring is empty.
    /// - Throws: `.registryFull`, `.outOfMemory` or `.setUpLockTimeout` if the arena, which lists the packets of this
    ///   process, is full and cannot grow. Nothing leaves the ring then.
    public borrowing func dequeue() throws(DPDKError) -> Packet? {
        unsafe try Packet(taking: { entry in unsafe cdpdk_ring_dequeue_bulk(ring, entry, stride, 1) == 1 })
    }
}
