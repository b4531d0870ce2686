public import CDPDK

extension SharedRing where Element: ~Copyable {
    /// A producing end of a ring that many processes and threads fill at once.
    ///
    /// Any number of processes and threads may have one, and many threads may use one at the same time. An operation
    /// may have to wait for another one that has begun; ``RingAccess`` says for how long, and what happens if a process
    /// is killed in the middle of one: `.headTailSync` ends survive this, the others do not.
    @safe public struct SharedProducer: ~Copyable, @unchecked Sendable {
        @usableFromInline let ring: cdpdk_shared_ring
        /// What the record of packets in an operation says, but for their number.
        @usableFromInline let operation: UInt64
        private let claim: Claim

        fileprivate init(_ ring: OpaquePointer, number: UInt32, claim: Claim) {
            unsafe self.ring = cdpdk_shared_ring(ring, number, true)
            operation = unsafe self.ring.operation(
                CDPDK_OPERATION_SHARED_ENQUEUE, otherwise: CDPDK_OPERATION_GIVE, number)
            self.claim = claim
        }

        deinit { claim.release() }
    }

    /// A consuming end of a ring that many processes and threads empty at once.
    ///
    /// Any number of processes and threads may have one, and many threads may use one at the same time. What is said of
    /// a ``SharedProducer`` holds here too.
    @safe public struct SharedConsumer: ~Copyable, @unchecked Sendable {
        @usableFromInline let ring: cdpdk_shared_ring
        /// What the record of packets in an operation says, but for their number.
        @usableFromInline let operation: UInt64
        private let claim: Claim

        fileprivate init(_ ring: OpaquePointer, number: UInt32, claim: Claim) {
            unsafe self.ring = cdpdk_shared_ring(ring, number, false)
            operation = unsafe self.ring.operation(
                CDPDK_OPERATION_SHARED_DEQUEUE, otherwise: CDPDK_OPERATION_TAKE, number)
            self.claim = claim
        }

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
            ring, number: attachment.number, claim: try attachment.claim(End(kind: .sharedProducer)))
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
            ring, number: attachment.number, claim: try attachment.claim(End(kind: .sharedConsumer)))
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

// MARK: - Operations

extension cdpdk_shared_ring {
    /// Whether the primary can tell after a death if an operation was done depends on the mode.
    fileprivate func operation(_ decidable: Int, otherwise: Int, _ number: UInt32) -> UInt64 {
        cdpdk_operation(UInt32(unsafe sync == CDPDK_RING_SYNC_MT_HTS ? decidable : otherwise), 0, number)
    }

    @inlinable @inline(__always)
    func slots<Slot: BitwiseCopyable>(of _: Slot.Type) -> UnsafeMutablePointer<Slot> {
        unsafe cdpdk_shared_slots(self).assumingMemoryBound(to: Slot.self)
    }

    /// Runs an operation on values with the mode as a constant, so that each mode has registers of its own. What the
    /// compiler keeps on the stack instead, the CPU reads back only after the compare-and-swap.
    ///
    /// Operations on packets are slower this way.
    @inlinable @inline(__always)
    func perMode(_ operation: (cdpdk_shared_ring) -> Int) -> Int {
        var ring = unsafe self
        if unsafe sync == CDPDK_RING_SYNC_MT_HTS {
            unsafe ring.sync = Int32(CDPDK_RING_SYNC_MT_HTS)
            return unsafe operation(ring)
        }
        if unsafe sync == CDPDK_RING_SYNC_MT {
            unsafe ring.sync = Int32(CDPDK_RING_SYNC_MT)
            return unsafe operation(ring)
        }
        unsafe ring.sync = Int32(CDPDK_RING_SYNC_MT_RTS)
        return unsafe operation(ring)
    }

    /// Moves up to `count` slots into the ring, or with `all` all or none.
    ///
    /// - Parameter willCopy: What is to be recorded first. What it needs is best computed before: after the
    ///   compare-and-swap, the CPU has to wait for it.
    /// - Returns: How many were moved.
    @inlinable @inline(__always)
    func put<Slot: BitwiseCopyable>(
        _ source: UnsafePointer<Slot>, _ count: Int, all: Bool, willCopy: (cdpdk_shared_move) -> Void = { _ in }
    ) -> Int {
        let move = unsafe cdpdk_shared_begin(self, true, UInt32(clamping: count), all)
        guard move.number > 0 else { return 0 }
        willCopy(move)
        unsafe RingCopy.copyIn(slots(of: Slot.self), mask, at: move.position, source, Int(move.number))
        return unsafe cdpdk_shared_end(self, true, move) ? Int(move.number) : 0
    }

    /// Moves up to `count` slots out of the ring, or with `all` all or none.
    ///
    /// - Parameter didCopy: What is to be recorded before the ring gives them up.
    /// - Returns: How many were moved.
    @inlinable @inline(__always)
    func take<Slot: BitwiseCopyable>(
        _ destination: UnsafeMutablePointer<Slot>, _ count: Int, all: Bool,
        didCopy: (cdpdk_shared_move) -> Void = { _ in }
    ) -> Int {
        let move = unsafe cdpdk_shared_begin(self, false, UInt32(clamping: count), all)
        guard move.number > 0 else { return 0 }
        unsafe RingCopy.copyOut(slots(of: Slot.self), mask, at: move.position, destination, Int(move.number))
        didCopy(move)
        return unsafe cdpdk_shared_end(self, false, move) ? Int(move.number) : 0
    }
}
