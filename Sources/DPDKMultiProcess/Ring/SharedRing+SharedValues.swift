extension SharedRing.SharedProducer where Element: RingValue {
    /// Copies as many values as fit into the ring, from the first on.
    ///
    /// - Parameter elements: The values.
    /// - Returns: How many values were copied.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_burst_elem`.
    @inlinable @inline(__always)
    public borrowing func enqueueBurst(_ elements: Span<Element>) -> Int {
        guard !elements.isEmpty else { return 0 }
        // The address is used only while the span is in use. A span that is not empty has an address.
        let source = unsafe elements.withUnsafeBufferPointer { unsafe $0.baseAddress.unsafelyUnwrapped }
        return unsafe ring.perMode { unsafe $0.put(source, elements.count, all: false) }
    }

    /// Copies all values into the ring, or none.
    ///
    /// - Parameter elements: The values.
    /// - Returns: Whether all of them fit and were copied.
    ///
    /// O(n). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_bulk_elem`.
    @inlinable @inline(__always)
    public borrowing func enqueueBulk(_ elements: Span<Element>) -> Bool {
        guard !elements.isEmpty else { return true }
        // The address is used only while the span is in use. A span that is not empty has an address.
        let source = unsafe elements.withUnsafeBufferPointer { unsafe $0.baseAddress.unsafelyUnwrapped }
        return unsafe ring.perMode { unsafe $0.put(source, elements.count, all: true) } > 0
    }

    /// Copies one value into the ring.
    ///
    /// - Parameter element: The value.
    /// - Returns: Nil if the value is in the ring now; the value itself if the ring is full.
    ///
    /// O(1). Any thread may call this at any time. The corresponding C function is `rte_ring_enqueue_elem`.
    @inlinable @inline(__always)
    public borrowing func enqueue(_ element: Element) -> Element? {
        // A whole stride of memory, since that is what is copied.
        unsafe withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { buffer in
            let address = unsafe buffer.baseAddress.unsafelyUnwrapped
            unsafe address.initialize(to: element)
            return unsafe ring.perMode { unsafe $0.put(address, 1, all: true) } == 1 ? nil : element
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
    @inlinable @inline(__always)
    public borrowing func dequeueBurst(into output: inout OutputSpan<Element>) -> Int {
        let room = output.freeCapacity
        guard room > 0 else { return 0 }
        return unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            let destination = unsafe buffer.baseAddress.unsafelyUnwrapped + initialized
            let count = unsafe ring.perMode { unsafe $0.take(destination, room, all: false) }
            initialized &+= count
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
    @inlinable @inline(__always)
    public borrowing func dequeueBulk(_ count: Int, into output: inout OutputSpan<Element>) -> Bool {
        guard count > 0 else { return count == 0 }
        guard count <= output.freeCapacity else { return false }
        return unsafe output.withUnsafeMutableBufferPointer { buffer, initialized in
            let destination = unsafe buffer.baseAddress.unsafelyUnwrapped + initialized
            let taken = unsafe ring.perMode { unsafe $0.take(destination, count, all: true) }
            initialized &+= taken
            return taken > 0
        }
    }

    /// Takes the oldest value.
    ///
    /// - Returns: The value, or nil if the ring is empty.
    ///
    /// O(1). Any thread may call this at any time. The corresponding C function is `rte_ring_dequeue_elem`.
    @inlinable @inline(__always)
    public borrowing func dequeue() -> Element? {
        unsafe withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { buffer in
            let address = unsafe buffer.baseAddress.unsafelyUnwrapped
            return unsafe ring.perMode { unsafe $0.take(address, 1, all: true) } == 1 ? address.pointee : nil
        }
    }
}
