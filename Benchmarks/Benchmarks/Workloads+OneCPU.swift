import CBaseline
import DPDKMultiProcess

extension Bench {
    /// The cells of one CPU for one element type.
    func oneCPU<Element: BenchmarkElement>(_ work: Key.Work, of type: Element.Type, ring size: Int) throws -> [Workload]
    {
        let (ring, raw) = unsafe try ring(of: Element.self, capacity: size)
        return Self.burstSizes(upTo: size).map { burst in
            let buffers = Buffers<Element>(count: burst)
            let stride = UInt32(MemoryLayout<Element>.stride)
            return Workload(
                key: Key(place: .oneCPU, work: work, elementSize: Int(stride), ring: size, burst: burst)
            ) { elements in
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                let rounds = max(1, elements / burst)
                let ticks =
                    switch work {
                    case .bulk: Loop.bulks(&producer, &consumer, buffers, burst: burst, rounds: rounds)
                    case .single: Loop.singles(&producer, &consumer, buffers, burst: burst, rounds: rounds)
                    default: Loop.bursts(&producer, &consumer, buffers, burst: burst, rounds: rounds)
                    }
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            } baseline: { elements in
                let rounds = max(1, elements / burst)
                let source = unsafe buffers.rawSource
                let destination = unsafe buffers.rawDestination
                let (n, count) = (UInt32(burst), UInt64(rounds))
                let ticks =
                    switch work {
                    case .bulk: unsafe cbaseline_bulks(raw, stride, source, destination, n, count)
                    case .single: unsafe cbaseline_singles(raw, stride, source, destination, n, count)
                    default: unsafe cbaseline_bursts(raw, stride, source, destination, n, count)
                    }
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            }
        }
    }
}

extension Bench {
    /// The cells of in-place work: elements of 64 bytes, against C's functions without copies.
    func inPlaceOnOneCPU(ring size: Int) throws -> [Workload] {
        let (ring, raw) = unsafe try ring(of: Element64.self, capacity: size)
        return Self.burstSizes(upTo: size).map { burst in
            let key = Key(
                place: .oneCPU, work: .inPlace, elementSize: MemoryLayout<Element64>.stride, ring: size, burst: burst)
            // Both add up what they read, and the sums must be the same.
            return Workload(key: key) { elements in
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                let rounds = max(1, elements / burst)
                var sum: UInt64 = 0
                let ticks = Loop.inPlace(&producer, &consumer, burst: burst, rounds: rounds, sum: &sum)
                try Self.check(sum, rounds * burst, key)
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            } baseline: { elements in
                let rounds = max(1, elements / burst)
                var sum: UInt64 = 0
                let ticks = unsafe cbaseline_in_place(raw, UInt32(burst), UInt64(rounds), &sum)
                try Self.check(sum, rounds * burst, key)
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            }
        }
    }

    /// Throws unless the sum is that of all words of elements 0, 1, 2, ….
    private static func check(_ sum: UInt64, _ elements: Int, _ key: Key) throws {
        let count = UInt64(elements)
        guard sum == 8 &* (count &* (count &- 1) / 2) else {
            throw BenchmarkError("\(key): what was read is not what was written")
        }
    }
}
