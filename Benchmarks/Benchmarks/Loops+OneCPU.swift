import CBaseline
import DPDKMultiProcess

/// The library's side of what is measured; each loop has its counterpart in CBaseline.
enum Loop {}

// MARK: - One CPU

extension Loop {
    /// Enqueues a burst, then dequeues it, and so on.
    @inline(never)
    static func bursts<Element: BenchmarkElement>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ buffers: Buffers<Element>, burst: Int, rounds: Int
    ) -> UInt64 {
        let source = unsafe Span(_unsafeElements: UnsafeBufferPointer(buffers.source.extracting(0..<burst)))
        let destination = unsafe buffers.destination.extracting(0..<burst)
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            _ = producer.enqueue(source)
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            _ = consumer.dequeue(into: &output)
            _ = unsafe output.finalize(for: destination)
        }
        return cbaseline_ticks() &- start
    }

    /// The same, all or nothing.
    @inline(never)
    static func bulks<Element: BenchmarkElement>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ buffers: Buffers<Element>, burst: Int, rounds: Int
    ) -> UInt64 {
        let source = unsafe Span(_unsafeElements: UnsafeBufferPointer(buffers.source.extracting(0..<burst)))
        let destination = unsafe buffers.destination.extracting(0..<burst)
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            _ = producer.enqueue(all: source)
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            _ = consumer.dequeue(exactly: burst, into: &output)
            _ = unsafe output.finalize(for: destination)
        }
        return cbaseline_ticks() &- start
    }

    /// Enqueues `burst` elements one by one, then dequeues as many one by one.
    @inline(never)
    static func singles<Element: BenchmarkElement>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ buffers: Buffers<Element>, burst: Int, rounds: Int
    ) -> UInt64 {
        let source = unsafe Span(_unsafeElements: UnsafeBufferPointer(buffers.source.extracting(0..<burst)))
        var destination = unsafe MutableSpan(_unsafeElements: buffers.destination.extracting(0..<burst))
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            for index in source.indices { _ = producer.enqueue(source[index]) }
            for index in destination.indices {
                if let element = consumer.dequeue() { destination[index] = element }
            }
        }
        return cbaseline_ticks() &- start
    }

    /// Writes elements where they lie in the ring, and reads them there.
    @inline(never)
    static func inPlace(
        _ producer: inout SharedRing<Element64>.Producer, _ consumer: inout SharedRing<Element64>.Consumer,
        burst: Int, rounds: Int, sum: inout UInt64
    ) -> UInt64 {
        var value: UInt64 = 0
        var total: UInt64 = 0
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            _ = producer.enqueue(upTo: burst) { slots in
                while !slots.isFull {
                    slots.append(Element64(repeating: value))
                    value &+= 1
                }
            }
            _ = consumer.dequeue(upTo: burst) { elements in
                for index in elements.indices { total &+= elements[index].sum }
                return elements.count
            }
        }
        let ticks = cbaseline_ticks() &- start
        sum = total
        return ticks
    }
}
