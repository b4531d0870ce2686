public import CDPDK

extension SharedRing.Consumer where Element: RingValue {
    /// Takes the oldest value; nil where the ring is empty.
    ///
    /// O(1). The corresponding C function is `rte_ring_sc_dequeue_elem`.
    @inlinable @inline(__always)
    public mutating func dequeue() -> Element? {
        if position == bound {
            bound = unsafe cdpdk_load_acquire_32(producerTail)
            if position == bound { return nil }
        }
        let element = unsafe slots[Int(position & mask)]
        releaseOne()
        return element
    }

    /// Takes as many values as there are and as have room in `output`, and returns how many.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_burst_elem`.
    @inlinable @inline(__always)
    public mutating func dequeueBurst(into output: inout OutputSpan<Element>) -> Int {
        let count = available(of: output.freeCapacity)
        guard count > 0 else { return 0 }
        unsafe copyOut(output.extend(by: count), count)
        release(count)
        return count
    }

    /// Takes exactly `count` values, or none where there are fewer or `output` has less room; true where it did.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_bulk_elem`.
    @inlinable @inline(__always)
    public mutating func dequeueBulk(_ count: Int, into output: inout OutputSpan<Element>) -> Bool {
        guard count > 0 else { return count == 0 }
        guard count <= output.freeCapacity, count <= Int(limit), holds(count) else { return false }
        unsafe copyOut(output.extend(by: count), count)
        release(count)
        return true
    }

    /// Has `body` look at up to `limit` values where they lie in the ring, and takes as many as it says.
    ///
    /// `body` is called at most twice, once for each contiguous run of values, and returns how many of the run it has
    /// done with, which are taken then; fewer than all ends it. When it throws, none of that run is taken. Nothing is
    /// copied. Returns how many were taken. The corresponding C functions are `rte_ring_dequeue_zc_burst_elem_start`
    /// and `rte_ring_dequeue_zc_finish`.
    @inlinable @inline(__always)
    public mutating func dequeueBurst<Failure: Error>(
        upTo limit: Int, consumingWith body: (Span<Element>) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let count = available(of: limit)
        var done = 0
        while done < count {
            let index = Int(position & mask)
            let run = min(count &- done, Int(mask) &+ 1 &- index)
            let buffer = unsafe UnsafeBufferPointer(start: slots + index, count: run)
            let taken = max(0, min(try body(unsafe Span(_unsafeElements: buffer)), run))
            release(taken)
            done &+= taken
            if taken < run { break }
        }
        return done
    }
}

extension OutputSpan where Element: BitwiseCopyable {
    /// Counts `count` more elements, 1 at least, for which there is room, as initialized, and gives the address where
    /// they go. It is used only while the span is: a closure around the copy would not be inlined.
    @unsafe @inlinable @inline(__always)
    mutating func extend(by count: Int) -> UnsafeMutablePointer<Element> {
        unsafe withUnsafeMutableBufferPointer { buffer, initialized in
            defer { initialized &+= count }
            return unsafe buffer.baseAddress.unsafelyUnwrapped + initialized
        }
    }
}
