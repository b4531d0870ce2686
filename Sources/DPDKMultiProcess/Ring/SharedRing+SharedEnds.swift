internal import CDPDK

extension SharedRing where Element: ~Copyable {
    /// A producing end of a ring that many processes and threads fill at once.
    ///
    /// Any number of processes and threads may have one, and many threads may use one at the same time. An operation
    /// may have to wait for another one that has begun; ``RingAccess`` says for how long, and what happens if a process
    /// is killed in the middle of one: `.headTailSync` ends survive this, the others do not.
    @safe public struct SharedProducer: ~Copyable, @unchecked Sendable {
        let ring: OpaquePointer
        let number: UInt32
        let stride = UInt32(MemoryLayout<Element.Slot>.stride)
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// A consuming end of a ring that many processes and threads empty at once.
    ///
    /// Any number of processes and threads may have one, and many threads may use one at the same time. What is said of
    /// a ``SharedProducer`` holds here too.
    @safe public struct SharedConsumer: ~Copyable, @unchecked Sendable {
        let ring: OpaquePointer
        let number: UInt32
        let stride = UInt32(MemoryLayout<Element.Slot>.stride)
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// Makes a producing end of a ring that has many.
    ///
    /// - Returns: The end.
    /// - Throws: `.wrongMode` if the ring was created for one producer; `.groupDamaged` if a killed process has blocked
    ///   this side of the ring; `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`.
    ///
    /// This is for set-up. Any thread may call it. There is no corresponding C function.
    public func makeSharedProducer() throws(DPDKError) -> SharedProducer {
        guard producers != .exclusive else { throw .wrongMode(attachment.what, "producers", "makeProducer()") }
        try refuseIfBlocked(UInt32(CDPDK_OBJECT_PUT_BLOCKED), "producers")
        return unsafe SharedProducer(
            ring: ring, number: attachment.number, claim: try attachment.claim(End(kind: .sharedProducer)))
    }

    /// Makes a consuming end of a ring that has many.
    ///
    /// - Returns: The end.
    /// - Throws: `.wrongMode` if the ring was created for one consumer; `.groupDamaged` if a killed process has blocked
    ///   this side of the ring; `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`.
    ///
    /// This is for set-up. Any thread may call it. There is no corresponding C function.
    public func makeSharedConsumer() throws(DPDKError) -> SharedConsumer {
        guard consumers != .exclusive else { throw .wrongMode(attachment.what, "consumers", "makeConsumer()") }
        try refuseIfBlocked(UInt32(CDPDK_OBJECT_TAKE_BLOCKED), "consumers")
        return unsafe SharedConsumer(
            ring: ring, number: attachment.number, claim: try attachment.claim(End(kind: .sharedConsumer)))
    }
}

extension SharedRing where Element: ~Copyable {
    private func refuseIfBlocked(_ flag: UInt32, _ side: String) throws(DPDKError) {
        guard try attachment.member().registry.flags(of: attachment.reference) & flag == 0 else {
            throw DPDKError(
                .groupDamaged, attachment.what,
                "a process was killed in the middle of an operation, which blocks all \(side) of this ring",
                remedy: "Destroy the ring and create it anew. If processes may be killed, create it with"
                    + " `.headTailSync` or exclusive ends")
        }
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
            return unsafe Int(cdpdk_values_enqueue(ring, number, base, stride, UInt32(clamping: elements.count), false))
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
            return unsafe cdpdk_values_enqueue(ring, number, base, stride, UInt32(clamping: elements.count), true) > 0
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
            return unsafe cdpdk_values_enqueue(ring, number, base, stride, 1, true) == 1 ? nil : element
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
            let count = unsafe Int(
                cdpdk_values_dequeue(ring, number, base + initialized, stride, UInt32(clamping: room), false))
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
        guard count <= output.freeCapacity, let wanted = UInt32(exactly: count) else { return false }
        return unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            guard let base = buffer.baseAddress,
                unsafe cdpdk_values_dequeue(ring, number, base + initialized, stride, wanted, true) == wanted
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
            guard let base = buffer.baseAddress, unsafe cdpdk_values_dequeue(ring, number, base, stride, 1, true) == 1
            else {
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
        return unsafe burst.enqueue(burst.count, false, into: ring, number)
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
        return unsafe burst.enqueue(count, true, into: ring, number) == count
    }

    /// Moves one packet into the ring.
    ///
    /// - Parameter packet: The packet.
    /// - Returns: Nil if the packet is in the ring now; the packet itself if the ring is full.
    ///
    /// O(1); bursts are faster. Any thread may call this at any time. The corresponding C function is
    /// `rte_ring_enqueue`.
    public borrowing func enqueue(_ packet: consuming Packet) -> Packet? {
        let single = unsafe packet.single
        guard
            unsafe cdpdk_packets_enqueue(
                ring, number, cdpdk_single_record(single), cdpdk_single_entry(single), 0, 1, 1, true) == 1
        else { return packet }
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
        return unsafe burst.dequeue(room, false, from: ring, number)
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
        return unsafe burst.dequeue(count, true, from: ring, number) == count
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
    public borrowing func dequeue() throws(DPDKError) -> Packet? {
        unsafe try Packet(taking: { record, entry in
            unsafe cdpdk_packets_dequeue(ring, number, record, entry, 0, 0, 1, true) == 1
        })
    }
}

extension PacketBurst {
    /// Moves the first packets into a ring with many ends, which C does.
    fileprivate mutating func enqueue(_ wanted: Int, _ all: Bool, into ring: OpaquePointer, _ object: UInt32) -> Int {
        let count = unsafe Int(
            cdpdk_packets_enqueue(
                ring, object, record, entries, UInt32(first), UInt32(number), UInt32(wanted), all))
        note(first + count, number - count)
        return count
    }

    /// Moves packets of a ring with many ends behind the last one, where there is room, which C does.
    fileprivate mutating func dequeue(_ wanted: Int, _ all: Bool, from ring: OpaquePointer, _ object: UInt32) -> Int {
        let count = unsafe Int(
            cdpdk_packets_dequeue(
                ring, object, record, entries, UInt32(first), UInt32(number), UInt32(wanted), all))
        note(first, number + count)
        return count
    }
}
