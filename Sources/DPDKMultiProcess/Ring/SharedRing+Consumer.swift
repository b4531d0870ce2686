public import CDPDK

extension SharedRing where Element: ~Copyable {
    /// The consuming end of a ring, held by one live process at a time.
    ///
    /// At the end of its scope, the end is free for the next holder. The elements in the ring stay there for it. It
    /// cannot be copied, and may move to another thread; one thread uses it at a time. No operation on values or bursts
    /// takes a lock, allocates memory or makes a system call. The other side's index is read again only if the last
    /// value that was read does not suffice.
    @safe public struct Consumer: ~Copyable, @unchecked Sendable {
        @usableFromInline let slots: UnsafeMutablePointer<Element.Slot>
        /// What the record of packets that come from the ring says.
        @usableFromInline let operation: UInt64
        @usableFromInline let mask: UInt32
        @usableFromInline let limit: UInt32
        /// The index of the next element, modulo 2³².
        @usableFromInline var position: UInt32
        /// The index at which the ring is empty: the producer's tail when it was last read.
        @usableFromInline var bound: UInt32
        @usableFromInline var pace: cdpdk_pace
        private let claim: Claim

        init(_ view: cdpdk_ring_view, number: UInt32, _ pacing: RingPacing, claim: Claim) {
            operation = cdpdk_operation(UInt32(CDPDK_OPERATION_DEQUEUE), 0, number)
            unsafe slots = view.slots.assumingMemoryBound(to: Element.Slot.self)
            mask = unsafe view.mask
            limit = unsafe view.capacity
            self.claim = claim
            // A holder that died may have left the head behind the tail or, in C, ahead of it. The tail is right.
            position = unsafe cdpdk_load_acquire_32(view.consumer_tail)
            pace = unsafe cdpdk_pace_make(pacing == .throughput, view.capacity, position)
            bound = position
            unsafe cdpdk_store_relaxed_32(view.consumer_head, position)
        }

        deinit {
            // From here on, others move the tail.
            if Element.isPacket { cdpdk_arena_settle(operation) }
            claim.release()
        }
    }

    /// Takes the consuming end.
    ///
    /// - Parameter pacing: How often the end looks how far the other side has come.
    /// - Returns: The end.
    /// - Throws: `.endpointInUse`, which names the live process that has the end; `.wrongMode` if the ring was created
    ///   for many consumers; `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`.
    ///
    /// This is for set-up. If a dead process held the end, this waits until the primary has freed it: some 20 ms, and a
    /// second at most. Any thread may call it. There is no corresponding C function: C does not check that there is
    /// only one consumer.
    public func makeConsumer(pacing: RingPacing = .latency) throws(DPDKError) -> Consumer {
        guard consumers == .exclusive else { throw .wrongMode(attachment.what, "consumers", "makeSharedConsumer()") }
        return unsafe Consumer(
            view, number: attachment.number, pacing,
            claim: try attachment.claim(End(kind: .consumer), named: "consumer of \(attachment.what)"))
    }
}

// MARK: - State

extension SharedRing.Consumer where Element: ~Copyable {
    @inlinable
    var head: UnsafeMutablePointer<UInt32> { unsafe cdpdk_ring_consumers(slots) }

    @inlinable
    var producerTail: UnsafeMutablePointer<UInt32> { unsafe cdpdk_ring_producers(slots) + 1 }

    /// How many elements the ring holds at most.
    @inlinable public var capacity: Int { Int(limit) }

    /// How many elements can be taken now. There may be more as soon as the producer goes on.
    @inlinable public var count: Int { unsafe Int(min(limit, cdpdk_load_acquire_32(producerTail) &- position)) }

    /// Whether no element can be taken now.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// Reads the other side's tail again, for `wanted` elements.
    @inlinable @inline(__always)
    mutating func look(for wanted: Int) {
        if _fastPath(Element.isPacket ? cdpdk_pace_is_calm(pace, position) : wanted >= Int(pace.batch)) {
            bound = unsafe cdpdk_load_acquire_32(producerTail)
        } else {
            // The pace is not changed in place: the end would have to be in memory then, and each operation would be a
            // few stores slower.
            var found: UInt32 = 0
            pace = unsafe cdpdk_pace_look(
                pace, UInt64(truncatingIfNeeded: wanted), producerTail, position, position, operation, &found)
            bound = found
        }
    }

    /// How many of `wanted` elements the ring holds. The producer's tail is read again only if its last value does not
    /// suffice.
    ///
    /// These are branches, so that the code after them need not wait for the producer's tail if all of them are there.
    @inlinable @inline(__always)
    mutating func available(of wanted: Int) -> Int {
        if _fastPath(holds(wanted)) { return wanted }
        cdpdk_signal_fence()
        return Int(bound &- position)
    }

    /// Whether the ring holds `wanted` elements.
    @inlinable @inline(__always)
    mutating func holds(_ wanted: Int) -> Bool {
        if _fastPath(wanted <= Int(bound &- position)) { return true }
        look(for: wanted)
        return wanted <= Int(bound &- position)
    }

    /// Copies `count` slots out, which the ring holds, in one run or two.
    @inlinable @inline(__always)
    func copyOut(_ destination: UnsafeMutablePointer<Element.Slot>, _ count: Int) {
        unsafe RingCopy.copyOut(slots, mask, at: position, destination, count)
    }

    /// Gives `count` slots back to the producer: the tail first, so that a repair is `head := tail`.
    @inlinable @inline(__always)
    mutating func release(_ count: Int) { unsafe release(count, by: head) }

    /// The same, with an address of the head that the caller has.
    @inlinable @inline(__always)
    mutating func release(_ count: Int, by head: UnsafeMutablePointer<UInt32>) {
        // The tail lies right behind the head.
        position &+= UInt32(truncatingIfNeeded: count)
        let next = position
        unsafe cdpdk_store_release_32(head + 1, next)
        unsafe cdpdk_store_relaxed_32(head, next)
    }

    /// Gives one slot back, with head and tail in one store: if elements go one by one, stores are what takes time.
    ///
    /// For bursts two stores are better, since the other side finds its half in this CPU's store buffer sooner.
    @inlinable @inline(__always)
    mutating func releaseOne() {
        position &+= 1
        let next = UInt64(position)
        unsafe cdpdk_store_release_64(
            UnsafeMutableRawPointer(head).assumingMemoryBound(to: UInt64.self), next << 32 | next)
    }
}
