public import CDPDK

extension SharedRing where Element: ~Copyable {
    /// The consuming end of a ring, held by one live process at a time.
    ///
    /// It is not copyable; when it goes out of scope, the end is free for the next, and what is in the ring stays there
    /// for it. It may be sent to another thread, and is used by one at a time. No operation on values or bursts
    /// takes a lock, allocates or makes a system call.
    @safe public struct Consumer: ~Copyable, @unchecked Sendable {
        @usableFromInline let slots: UnsafeMutablePointer<Element.Slot>
        @usableFromInline let head: UnsafeMutablePointer<UInt32>
        @usableFromInline let producerTail: UnsafeMutablePointer<UInt32>
        @usableFromInline let mask: UInt32
        @usableFromInline let limit: UInt32
        /// Where the next element is; counts on modulo 2³².
        @usableFromInline var position: UInt32
        /// Where the ring is empty: the producer's tail as it was read last.
        @usableFromInline var bound: UInt32
        private let claim: Claim

        init(_ view: cdpdk_ring_view, claim: Claim) {
            unsafe slots = view.slots.assumingMemoryBound(to: Element.Slot.self)
            unsafe head = view.consumer_head
            unsafe producerTail = view.producer_tail
            mask = unsafe view.mask
            limit = unsafe view.capacity
            self.claim = claim
            // A holder that died may have left the head behind or, in C, ahead of the tail: what counts is the tail.
            position = unsafe cdpdk_load_acquire_32(view.consumer_tail)
            bound = position
            unsafe cdpdk_store_relaxed_32(view.consumer_head, position)
        }

        deinit { claim.release() }
    }

    /// Takes the consuming end.
    ///
    /// Throws `.endpointInUse`, which names the live process that has it, `.wrongMode` for a ring of another mode,
    /// `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`. The claim of a process that died is free as
    /// soon as the primary has seen it, within some 20 ms; this waits for that, a second at most. It is for set-up,
    /// from any thread. There is no corresponding C function: C counts on there being one consumer.
    public func makeConsumer() throws(DPDKError) -> Consumer {
        guard consumers == .exclusive else { throw .wrongMode(attachment.what, "consumers", "makeSharedConsumer()") }
        return unsafe Consumer(
            view, claim: try attachment.claim(End(kind: .consumer), named: "consumer of \(attachment.what)"))
    }
}

// MARK: - State

extension SharedRing.Consumer where Element: ~Copyable {
    /// How many elements the ring holds at most.
    @inlinable public var capacity: Int { Int(limit) }

    /// How many elements can be taken now; more may, as soon as the producer goes on.
    @inlinable public var count: Int { unsafe Int(min(limit, cdpdk_load_acquire_32(producerTail) &- position)) }

    /// Whether nothing can be taken now.
    @inlinable public var isEmpty: Bool { count == 0 }

    /// Whether `count` elements, at most the ring's capacity, are there: by the producer's tail as last read or, where
    /// that is not enough, as it is.
    @inlinable @inline(__always)
    mutating func holds(_ count: Int) -> Bool {
        if Int(bound &- position) >= count { return true }
        bound = unsafe cdpdk_load_acquire_32(producerTail)
        return _fastPath(Int(bound &- position) >= count)
    }

    /// How many of `wanted` elements are there.
    ///
    /// A branch decides, so that what follows need not wait for the producer's tail where all of them are.
    @inlinable @inline(__always)
    mutating func available(of wanted: Int) -> Int {
        let wanted = _fastPath(wanted <= Int(limit)) ? wanted : Int(limit)
        return holds(wanted) ? wanted : Int(bound &- position)
    }

    /// Copies `count` slots, which are there, in one run or two.
    @inlinable @inline(__always)
    func copyOut(_ destination: UnsafeMutablePointer<Element.Slot>, _ count: Int) {
        let index = Int(position & mask)
        if count <= 2, MemoryLayout<Element.Slot>.stride <= 16 {
            unsafe destination[0] = slots[index]
            if count == 2 { unsafe destination[1] = slots[Int((position &+ 1) & mask)] }
            return
        }
        if _fastPath(index &+ count &- 1 <= Int(mask)) {
            unsafe RingCopy.copy(destination, slots + index, count)
        } else {
            let run = Int(mask) &+ 1 &- index
            unsafe destination.initialize(from: slots + index, count: run)
            unsafe (destination + run).initialize(from: slots, count: count &- run)
        }
    }

    /// Gives `count` slots back to the producer: the tail first, so that a repair is `head := tail`.
    @inlinable @inline(__always)
    mutating func release(_ count: Int) {
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
    mutating func releaseOne() {
        position &+= 1
        let next = UInt64(position)
        unsafe cdpdk_store_release_64(
            UnsafeMutableRawPointer(head).assumingMemoryBound(to: UInt64.self), next << 32 | next)
    }
}
