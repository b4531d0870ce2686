import CBaseline
import DPDKMultiProcess

extension Bench {
    /// A cell of one CPU for one element type.
    func oneCPU<Element: RingValue>(_ key: Key, of type: Element.Type) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Element.self, capacity: key.ring)
        let buffers = Buffers<Element>(count: key.burst)
        let work = key.work
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            var producer = try ring.makeProducer()
            var consumer = try ring.makeConsumer()
            buffers.refill()
            let outcome =
                switch work {
                case .bulk: Loop.bulks(&producer, &consumer, buffers, rounds: rounds)
                case .single: Loop.singles(&producer, &consumer, buffers, rounds: rounds)
                default: Loop.bursts(&producer, &consumer, buffers, rounds: rounds)
                }
            return outcome.checked(buffers.areEqual)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            buffers.refill()
            let source = unsafe UnsafeRawPointer(buffers.source.baseAddress.unsafelyUnwrapped)
            let destination = unsafe UnsafeMutableRawPointer(buffers.destination.baseAddress.unsafelyUnwrapped)
            let (size, burst, count) = (UInt32(MemoryLayout<Element>.stride), UInt32(key.burst), UInt64(rounds))
            let outcome =
                switch work {
                case .bulk: unsafe cbaseline_bulks(raw, size, source, destination, burst, count)
                case .single: unsafe cbaseline_singles(raw, size, source, destination, burst, count)
                default: unsafe cbaseline_bursts(raw, size, source, destination, burst, count)
                }
            return Workload.Outcome(outcome).checked(buffers.areEqual)
        }
    }

    /// A cell of in-place work: elements of 64 bytes, against C's functions without copies.
    func inPlace(_ key: Key) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Element64.self, capacity: key.ring)
        // Both add up what they read, and the sums must be that of all words of elements 0, 1, 2, ….
        func sum(rounds: Int) -> UInt64 {
            let count = UInt64(rounds * key.burst)
            return 8 &* (count &* (count &- 1) / 2)
        }
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            var producer = try ring.makeProducer()
            var consumer = try ring.makeConsumer()
            let (outcome, found) = Loop.inPlace(&producer, &consumer, burst: key.burst, rounds: rounds)
            return outcome.checked(found == sum(rounds: rounds))
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            var found: UInt64 = 0
            let outcome = unsafe cbaseline_in_place(raw, UInt32(key.burst), UInt64(rounds), &found)
            return Workload.Outcome(outcome).checked(found == sum(rounds: rounds))
        }
    }
}
