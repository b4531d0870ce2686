public import CDPDK

extension SharedRing where Element: ~Copyable {
    /// The producing end of a ring, held by one live process at a time.
    ///
    /// It is not copyable; when it goes out of scope, the end is free for the next. It may be sent to another thread,
    /// and is used by one at a time. No operation on values or bursts takes a lock, allocates or makes a system call;
    /// the other side's index is read again only where the last one read does not suffice.
    @safe public struct Producer: ~Copyable, @unchecked Sendable {
        @usableFromInline let slots: UnsafeMutablePointer<Element.Slot>
        @usableFromInline let head: UnsafeMutablePointer<UInt32>
        @usableFromInline let consumerTail: UnsafeMutablePointer<UInt32>
        @usableFromInline let mask: UInt32
        @usableFromInline let limit: UInt32
        /// Where the next element goes; counts on modulo 2³².
        @usableFromInline var position: UInt32
        /// Where the ring is full, by the consumer's tail as it was read last.
        @usableFromInline var bound: UInt32
        private let claim: Claim

        init(_ view: cdpdk_ring_view, claim: Claim) {
            unsafe slots = view.slots.assumingMemoryBound(to: Element.Slot.self)
            unsafe head = view.producer_head
            unsafe consumerTail = view.consumer_tail
            mask = unsafe view.mask
            limit = unsafe view.capacity
            self.claim = claim
            // A holder that died may have left the head behind or, in C, ahead of the tail: what counts is the tail.
            position = unsafe cdpdk_load_acquire_32(view.producer_tail)
            bound = position
            unsafe cdpdk_store_relaxed_32(view.producer_head, position)
        }

        deinit { claim.release() }
    }

    /// Takes the producing end.
    ///
    /// Throws `.endpointInUse`, which names the live process that has it, `.wrongMode` for a ring of another mode,
    /// `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`. The claim of a process that died is free as
    /// soon as the primary has seen it, within some 20 ms; this waits for that, a second at most. It is for set-up,
    /// from any thread. There is no corresponding C function: C counts on there being one producer.
    public func makeProducer() throws(DPDKError) -> Producer {
        guard producers == .exclusive else { throw .wrongMode(attachment.what, "producers", "makeSharedProducer()") }
        return unsafe Producer(
            view, claim: try attachment.claim(End(kind: .producer), named: "producer of \(attachment.what)"))
    }
}

// MARK: - State

extension SharedRing.Producer where Element: ~Copyable {
    /// How many elements the ring holds at most.
    @inlinable public var capacity: Int { Int(limit) }

    /// How many elements fit now; more may, as soon as the consumer goes on.
    @inlinable public var freeCount: Int {
        unsafe Int(min(limit, limit &+ cdpdk_load_acquire_32(consumerTail) &- position))
    }

    /// Whether `count` elements, at most the ring's capacity, fit: by the consumer's tail as last read or, where that
    /// is not enough, as it is.
    @inlinable @inline(__always)
    mutating func fits(_ count: Int) -> Bool {
        if Int(bound &- position) >= count { return true }
        bound = unsafe cdpdk_load_acquire_32(consumerTail) &+ limit
        return _fastPath(Int(bound &- position) >= count)
    }

    /// How many of `wanted` elements fit.
    ///
    /// A branch decides, so that what follows need not wait for the consumer's tail where all of them fit.
    @inlinable @inline(__always)
    mutating func room(for wanted: Int) -> Int {
        let wanted = _fastPath(wanted <= Int(limit)) ? wanted : Int(limit)
        return fits(wanted) ? wanted : Int(bound &- position)
    }

    /// Copies `count` slots, which fit, in one run or two.
    @inlinable @inline(__always)
    func copyIn(_ source: UnsafePointer<Element.Slot>, _ count: Int) {
        let index = Int(position & mask)
        if count <= 2, MemoryLayout<Element.Slot>.stride <= 16 {
            unsafe slots[index] = source[0]
            if count == 2 { unsafe slots[Int((position &+ 1) & mask)] = source[1] }
            return
        }
        if _fastPath(index &+ count &- 1 <= Int(mask)) {
            unsafe RingCopy.copy(slots + index, source, count)
        } else {
            let run = Int(mask) &+ 1 &- index
            unsafe (slots + index).initialize(from: source, count: run)
            unsafe slots.initialize(from: source + run, count: count &- run)
        }
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

    /// The same for one slot, with head and tail in one store: where elements go one by one, stores are what takes
    /// time. For bursts two are better, since the other side finds its half in this CPU's store buffer sooner.
    @inlinable @inline(__always)
    mutating func publishOne() {
        position &+= 1
        let next = UInt64(position)
        unsafe cdpdk_store_release_64(
            UnsafeMutableRawPointer(head).assumingMemoryBound(to: UInt64.self), next << 32 | next)
    }
}
