extension SharedRing.Consumer where Element: RingValue {
    /// Takes the oldest value.
    ///
    /// - Returns: The value, or nil if the ring is empty.
    ///
    /// O(1). The corresponding C function is `rte_ring_sc_dequeue_elem`.
    @inlinable @inline(__always)
    public mutating func dequeue() -> Element? {
        if position == bound {
            look(for: 1)
            if position == bound { return nil }
        }
        let element = unsafe slots[Int(position & mask)]
        releaseOne()
        return element
    }

    /// Takes as many values as are available and fit.
    ///
    /// - Parameter output: The values are appended to it.
    /// - Returns: How many values were taken.
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

    /// Takes exactly `count` values, or none.
    ///
    /// - Parameters:
    ///   - count: How many values.
    ///   - output: The values are appended to it.
    /// - Returns: Whether they were taken: false if the ring holds fewer, or if `output` has less room.
    ///
    /// O(n). The corresponding C function is `rte_ring_sc_dequeue_bulk_elem`.
    @inlinable @inline(__always)
    public mutating func dequeueBulk(_ count: Int, into output: inout OutputSpan<Element>) -> Bool {
        guard count > 0 else { return count == 0 }
        guard count <= output.freeCapacity, holds(count) else { return false }
        unsafe copyOut(output.extend(by: count), count)
        release(count)
        return true
    }

    /// Lets `body` look at up to `limit` values in place, and takes as many of them as it says.
    ///
    /// `body` is called at most twice, once for each contiguous run of values. It returns how many values of the run
    /// are to be taken; if these are not all, it is not called again.
    ///
    /// - Parameters:
    ///   - limit: How many values `body` sees at most.
    ///   - body: What to do with a run of values. If it throws, no value of that run is taken.
    /// - Returns: How many values were taken.
    /// - Throws: What `body` throws.
    ///
    /// No value is copied. The corresponding C functions are `rte_ring_dequeue_zc_burst_elem_start` and
    /// `rte_ring_dequeue_zc_finish`.
    @inlinable @inline(__always)
    public mutating func dequeueBurst<Failure: Error>(
        upTo limit: Int, consumingWith body: (Span<Element>) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let count = available(of: limit)
        guard count > 0 else { return 0 }
        var done = 0
        var index = Int(position & mask)
        var run = RingCopy.run(from: index, count, mask)
        while true {
            let buffer = unsafe UnsafeBufferPointer(start: slots + index, count: run)
            let taken = max(0, min(try body(unsafe Span(_unsafeElements: buffer)), run))
            release(taken)
            done &+= taken
            if _fastPath(done == count) || taken < run || done > Int(mask) { break }
            // Whatever others write to the tail, the second run is no more than the ring has.
            (index, run) = (0, min(count, Int(mask) &+ 1) &- done)
        }
        return done
    }
}

extension OutputSpan where Element: BitwiseCopyable {
    /// Counts `count` more elements as initialized, at least 1, which must fit, and returns their address.
    ///
    /// Use the address only while the span is in use. A closure around the copy would not be inlined.
    @unsafe @inlinable @inline(__always)
    mutating func extend(by count: Int) -> UnsafeMutablePointer<Element> {
        unsafe withUnsafeMutableBufferPointer { buffer, initialized in
            defer { initialized &+= count }
            return unsafe buffer.baseAddress.unsafelyUnwrapped + initialized
        }
    }
}
