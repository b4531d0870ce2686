extension SharedRing.Producer where Element: RingValue {
    /// Copies one value into the ring.
    ///
    /// - Parameter element: The value.
    /// - Returns: Nil if the value is in the ring now; the value itself if the ring is full.
    ///
    /// O(1). The corresponding C function is `rte_ring_sp_enqueue_elem`.
    @inlinable @inline(__always)
    public mutating func enqueue(_ element: Element) -> Element? {
        if _slowPath(position == bound) {
            look(for: 1)
            if position == bound { return element }
        }
        unsafe slots[Int(position & mask)] = element
        unsafe prefetch.one(slots, mask, at: position)
        publishOne()
        return nil
    }

    /// Copies as many values as fit into the ring, from the first on.
    ///
    /// - Parameter elements: The values.
    /// - Returns: How many values were copied.
    ///
    /// O(n). The corresponding C function is `rte_ring_sp_enqueue_burst_elem`.
    @inlinable @inline(__always)
    public mutating func enqueueBurst(_ elements: Span<Element>) -> Int {
        let count = room(for: elements.count)
        guard count > 0 else { return 0 }
        // The address is used only while the span is in use: a closure around the copy would not be inlined. A span
        // that is not empty has an address.
        unsafe copyIn(elements.withUnsafeBufferPointer { unsafe $0.baseAddress.unsafelyUnwrapped }, count)
        publish(count)
        return count
    }

    /// Copies all values into the ring, or none.
    ///
    /// - Parameter elements: The values. More than the ring's capacity never fit.
    /// - Returns: Whether all of them fit and were copied.
    ///
    /// O(n). The corresponding C function is `rte_ring_sp_enqueue_bulk_elem`.
    @inlinable @inline(__always)
    public mutating func enqueueBulk(_ elements: Span<Element>) -> Bool {
        let count = elements.count
        guard hasRoom(for: count) else { return false }
        guard count > 0 else { return true }
        unsafe copyIn(elements.withUnsafeBufferPointer { unsafe $0.baseAddress.unsafelyUnwrapped }, count)
        publish(count)
        return true
    }

    /// Lets `body` write up to `limit` values in place.
    ///
    /// `body` is called at most twice, once for each contiguous run of free slots. If it leaves a run unfilled, it is
    /// not called again. The values that it appended are published after each call, also if it throws.
    ///
    /// - Parameters:
    ///   - limit: How many values `body` may write at most.
    ///   - body: Appends values to the free slots.
    /// - Returns: How many values were written.
    /// - Throws: What `body` throws.
    ///
    /// No value is copied. The corresponding C functions are `rte_ring_enqueue_zc_burst_elem_start` and
    /// `rte_ring_enqueue_zc_finish`.
    @inlinable @inline(__always)
    public mutating func enqueueBurst<Failure: Error>(
        upTo limit: Int, initializingWith body: (inout OutputSpan<Element>) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let count = room(for: limit)
        guard count > 0 else { return 0 }
        var done = 0
        var index = Int(position & mask)
        var run = RingCopy.run(from: index, count, mask)
        while true {
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
            if _fastPath(done == count) || written < run || done > Int(mask) { break }
            // Whatever others write to the tail, the second run is no more than the ring has.
            (index, run) = (0, min(count, Int(mask) &+ 1) &- done)
        }
        // For the next burst as much as was written in this one, which may be less than `body` could write.
        unsafe prefetch.burst(slots, mask, at: position, done)
        return done
    }
}
