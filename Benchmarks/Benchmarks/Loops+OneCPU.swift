import CDPDK
import DPDKMultiProcess

/// The library's side of what is measured; each loop has its counterpart in CBaseline.
enum Loop {}

extension Loop {
    /// Runs a round again and again, as long as a whole burst comes out of the ring, which it returns.
    @inline(__always)
    static func time(_ rounds: Int, of burst: Int, _ round: () -> Bool) -> Workload.Outcome {
        var done = 0
        let start = cdpdk_cycles()
        while done < rounds, _fastPath(round()) { done &+= 1 }
        let ticks = cdpdk_cycles() &- start
        return Workload.Outcome(ticks: ticks, elements: done * burst)
    }
}

// MARK: - One CPU

extension Loop {
    /// Enqueues a burst, then dequeues it, and so on.
    @inline(never)
    static func bursts<Element: RingValue>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ buffers: Buffers<Element>, rounds: Int
    ) -> Workload.Outcome {
        let (source, destination) = unsafe (buffers.source, buffers.destination)
        @inline(__always) func round() -> Bool {
            _ = producer.enqueueBurst(unsafe Span(_unsafeElements: source))
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            let count = consumer.dequeueBurst(into: &output)
            _ = unsafe output.finalize(for: destination)
            return count == destination.count
        }
        return time(rounds, of: destination.count, round)
    }

    /// The same, all or nothing.
    @inline(never)
    static func bulks<Element: RingValue>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ buffers: Buffers<Element>, rounds: Int
    ) -> Workload.Outcome {
        let (source, destination) = unsafe (buffers.source, buffers.destination)
        @inline(__always) func round() -> Bool {
            _ = producer.enqueueBulk(unsafe Span(_unsafeElements: source))
            var output = unsafe OutputSpan(buffer: destination, initializedCount: 0)
            let isDone = consumer.dequeueBulk(destination.count, into: &output)
            _ = unsafe output.finalize(for: destination)
            return isDone
        }
        return time(rounds, of: destination.count, round)
    }

    /// Enqueues a burst's elements one by one, then dequeues as many one by one.
    @inline(never)
    static func singles<Element: RingValue>(
        _ producer: inout SharedRing<Element>.Producer, _ consumer: inout SharedRing<Element>.Consumer,
        _ buffers: Buffers<Element>, rounds: Int
    ) -> Workload.Outcome {
        // The loops go over memory, as those in C do: no span is made in each round.
        guard let from = unsafe buffers.source.baseAddress, let to = unsafe buffers.destination.baseAddress else {
            return Workload.Outcome(ticks: 0, elements: 0)
        }
        let count = unsafe buffers.destination.count
        @inline(__always) func round() -> Bool {
            var index = 0
            while index < count {
                _ = unsafe producer.enqueue(from[index])
                index &+= 1
            }
            index = 0
            while index < count {
                guard let element = consumer.dequeue() else { return false }
                unsafe to[index] = element
                index &+= 1
            }
            return true
        }
        return time(rounds, of: count, round)
    }

    /// Writes elements where they lie in the ring, and reads them there. Adds up all words that it reads.
    @inline(never)
    static func inPlace(
        _ producer: inout SharedRing<Element64>.Producer, _ consumer: inout SharedRing<Element64>.Consumer,
        burst: Int, rounds: Int
    ) -> (outcome: Workload.Outcome, sum: UInt64) {
        var value: UInt64 = 0
        var total: UInt64 = 0
        let outcome = time(rounds, of: burst) {
            _ = producer.enqueueBurst(upTo: burst) { slots in
                while !slots.isFull {
                    slots.append(Element64(repeating: value))
                    value &+= 1
                }
            }
            let count = consumer.dequeueBurst(upTo: burst) { elements in
                for index in elements.indices { total &+= elements[index].sum }
                return elements.count
            }
            return count == burst
        }
        return (outcome, total)
    }
}
