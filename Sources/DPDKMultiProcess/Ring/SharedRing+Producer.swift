public import CDPDK

extension SharedRing where Element: ~Copyable {
    /// The producing end of a ring, held by one live process at a time.
    ///
    /// At the end of its scope, the end is free for the next holder. It cannot be copied, and may move to another
    /// thread; one thread uses it at a time. No operation on values or bursts takes a lock, allocates memory or makes a
    /// system call. The other side's index is read again only if the last value that was read does not suffice.
    @safe public struct Producer: ~Copyable, @unchecked Sendable {
        @usableFromInline let slots: UnsafeMutablePointer<Element.Slot>
        /// What the record of packets that go into the ring says.
        @usableFromInline let operation: UInt64
        @usableFromInline let mask: UInt32
        @usableFromInline let limit: UInt32
        /// The index of the next free slot, modulo 2³².
        @usableFromInline var position: UInt32
        /// The index at which the ring is full, by the consumer's tail when it was last read.
        @usableFromInline var bound: UInt32
        @usableFromInline var prefetch = RingPrefetch()
        @usableFromInline var pace: cdpdk_pace
        private let claim: Claim

        init(_ view: cdpdk_ring_view, number: UInt32, _ pacing: RingPacing, claim: Claim) {
            operation = cdpdk_operation(UInt32(CDPDK_OPERATION_ENQUEUE), 0, number)
            unsafe slots = view.slots.assumingMemoryBound(to: Element.Slot.self)
            mask = unsafe view.mask
            limit = unsafe view.capacity
            self.claim = claim
            // A holder that died may have left the head behind the tail or, in C, ahead of it. The tail is right.
            position = unsafe cdpdk_load_acquire_32(view.producer_tail)
            pace = unsafe cdpdk_pace_make(pacing == .throughput, view.capacity, position)
            bound = position
            unsafe cdpdk_store_relaxed_32(view.producer_head, position)
        }

        deinit {
            // From here on, others move the tail.
            if Element.isPacket { cdpdk_arena_settle(operation) }
            claim.release()
        }
    }

    /// Takes the producing end.
    ///
    /// - Parameter pacing: How often the end looks how far the other side has come.
    /// - Returns: The end.
    /// - Throws: `.endpointInUse`, which names the live process that has the end; `.wrongMode` if the ring was created
    ///   for many producers; `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`.
    ///
    /// This is for set-up. If a dead process held the end, this waits until the primary has freed it: some 20 ms, and a
    /// second at most. Any thread may call it. There is no corresponding C function: C does not check that there is
    /// only one producer.
    public func makeProducer(pacing: RingPacing = .latency) throws(DPDKError) -> Producer {
        guard producers == .exclusive else { throw .wrongMode(attachment.what, "producers", "makeSharedProducer()") }
        return unsafe Producer(
            view, number: attachment.number, pacing,
            claim: try attachment.claim(End(kind: .producer), named: "producer of \(attachment.what)"))
    }
}

// MARK: - State

extension SharedRing.Producer where Element: ~Copyable {
    @inlinable
    var head: UnsafeMutablePointer<UInt32> { unsafe cdpdk_ring_producers(slots) }

    @inlinable
    var consumerTail: UnsafeMutablePointer<UInt32> { unsafe cdpdk_ring_consumers(slots) + 1 }

    /// How many elements the ring holds at most.
    @inlinable public var capacity: Int { Int(limit) }

    /// How many elements fit now. More may fit as soon as the consumer goes on.
    @inlinable public var freeCount: Int {
        unsafe Int(min(limit, limit &+ cdpdk_load_acquire_32(consumerTail) &- position))
    }

    /// Reads the other side's tail again, for `wanted` elements.
    @inlinable @inline(__always)
    mutating func look(for wanted: Int) {
        let tail: UInt32
        if _fastPath(Element.isPacket ? cdpdk_pace_is_calm(pace, position) : wanted >= Int(pace.batch)) {
            tail = unsafe cdpdk_load_acquire_32(consumerTail)
        } else {
            // Neither pace nor tail is changed in place: they would have to be in memory then, and each operation would
            // be a few stores slower.
            var found: UInt32 = 0
            pace = unsafe cdpdk_pace_look(
                pace, UInt64(truncatingIfNeeded: wanted), consumerTail, position &- limit, position, operation, &found)
            tail = found
        }
        bound = tail &+ limit
        prefetch.found = position &- tail
    }

    /// How many of `wanted` elements fit. The consumer's tail is read again only if its last value does not suffice.
    ///
    /// These are branches, so that the code after them need not wait for the consumer's tail if all of them fit.
    @inlinable @inline(__always)
    mutating func room(for wanted: Int) -> Int {
        if _fastPath(hasRoom(for: wanted)) { return wanted }
        cdpdk_signal_fence()
        return Int(bound &- position)
    }

    /// Whether `wanted` elements fit.
    @inlinable @inline(__always)
    mutating func hasRoom(for wanted: Int) -> Bool {
        if _fastPath(wanted <= Int(bound &- position)) { return true }
        look(for: wanted)
        return wanted <= Int(bound &- position)
    }

    /// Copies `count` slots in, which fit, in one run or two.
    @inlinable @inline(__always)
    func copyIn(_ source: UnsafePointer<Element.Slot>, _ count: Int) {
        unsafe RingCopy.copyIn(slots, mask, at: position, source, count, prefetch)
    }

    /// Gives `count` slots to the consumer: the tail first, so that a repair is `head := tail`.
    @inlinable @inline(__always)
    mutating func publish(_ count: Int) {
        // The tail lies right behind the head.
        let head = unsafe head
        position &+= UInt32(truncatingIfNeeded: count)
        let next = position
        unsafe cdpdk_store_release_32(head + 1, next)
        unsafe cdpdk_store_relaxed_32(head, next)
    }

    /// Gives one slot to the consumer, with head and tail in one store: if elements go one by one, stores are what
    /// takes time.
    ///
    /// For bursts two stores are better, since the other side finds its half in this CPU's store buffer sooner.
    @inlinable @inline(__always)
    mutating func publishOne() {
        position &+= 1
        let next = UInt64(position)
        unsafe cdpdk_store_release_64(
            UnsafeMutableRawPointer(head).assumingMemoryBound(to: UInt64.self), next << 32 | next)
    }
}
