public import CDPDK

extension SharedRing.Producer where Element: RingValue {
    /// Copies one value into the ring.
    ///
    /// - Parameter element: The value.
    /// - Returns: Nil if it is in the ring now; the value itself if the ring is full.
    ///
    /// O(1). The corresponding C function is `rte_ring_sp_enqueue_elem`.
    @inlinable @inline(__always)
    public mutating func enqueue(_ element: Element) -> Element? {
        if position == bound {
            bound = unsafe cdpdk_load_acquire_32(consumerTail) &+ limit
            if position == bound { return element }
        }
        unsafe slots[Int(position & mask)] = element
        publishOne()
        return nil
    }

    /// Copies as many values as fit into the ring, the first ones, and returns how many.
    ///
    /// O(n). The corresponding C function is `rte_ring_sp_enqueue_burst_elem`.
    @inlinable @inline(__always)
    public mutating func enqueueBurst(_ elements: Span<Element>) -> Int {
        let count = room(for: elements.count)
        guard count > 0 else { return 0 }
        // The address is used only while the span is: a closure around the copy would not be inlined. There is one,
        // since the span is not empty.
        unsafe copyIn(elements.withUnsafeBufferPointer { unsafe $0.baseAddress.unsafelyUnwrapped }, count)
        publish(count)
        return count
    }

    /// Copies all values into the ring, or none where they do not all fit; true where they did.
    ///
    /// More values than the ring's capacity never fit. O(n). The corresponding C function is
    /// `rte_ring_sp_enqueue_bulk_elem`.
    @inlinable @inline(__always)
    public mutating func enqueueBulk(_ elements: Span<Element>) -> Bool {
        let count = elements.count
        guard count <= Int(limit), fits(count) else { return false }
        guard count > 0 else { return true }
        unsafe copyIn(elements.withUnsafeBufferPointer { unsafe $0.baseAddress.unsafelyUnwrapped }, count)
        publish(count)
        return true
    }

    /// Has `body` write up to `limit` values where they lie in the ring, and returns how many it wrote.
    ///
    /// `body` is called at most twice, once for each contiguous run of free slots; a run that it leaves unfilled is the
    /// last. What it appended is published after each call, also when it throws. Nothing is copied. The corresponding C
    /// functions are `rte_ring_enqueue_zc_burst_elem_start` and `rte_ring_enqueue_zc_finish`.
    @inlinable @inline(__always)
    public mutating func enqueueBurst<Failure: Error>(
        upTo limit: Int, initializingWith body: (inout OutputSpan<Element>) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let count = room(for: limit)
        var done = 0
        while done < count {
            let index = Int(position & mask)
            let run = min(count &- done, Int(mask) &+ 1 &- index)
            let buffer = unsafe UnsafeMutableBufferPointer(start: slots + index, count: run)
            var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
            do throws(Failure) {
                try body(&output)
            } catch {
                publish(unsafe output.finalize(for: buffer))
                throw error
            }
            let written = unsafe output.finalize(for: buffer)
            publish(written)
            done &+= written
            if written < run { break }
        }
        return done
    }
}
