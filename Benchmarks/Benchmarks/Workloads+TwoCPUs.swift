import CBaseline
import CDPDK
import DPDKMultiProcess

extension Bench {
    /// A cell of two CPUs for one element type: the worker produces, this thread consumes and looks at the clock.
    func twoCPUs<Element: RingValue>(_ key: Key, of type: Element.Type) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Element.self, capacity: key.ring)
        let buffers = Buffers<Element>(count: key.burst)
        let destination = unsafe buffers.destination.baseAddress.unsafelyUnwrapped
        let worker = try worker()
        let isSingle = key.work == .single
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            var consumer = try ring.makeConsumer(pacing: key.ringPacing)
            buffers.refill()
            let gate = StartGate()
            let state = unsafe ProducerState(
                producer: try ring.makeProducer(pacing: key.ringPacing), source: UnsafeBufferPointer(buffers.source))
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent =
                    unsafe isSingle
                    ? Loop.produceSingles(&state.producer, state.source[0], count: count)
                    : Loop.produce(&state.producer, state.source, count: count)
            }
            gate.open()
            let outcome = Workload.Outcome.timing {
                unsafe isSingle
                    ? Loop.consumeSingles(&consumer, destination, count: count)
                    : Loop.consume(&consumer, buffers.destination, count: count)
            }
            let sent = task.join().sent
            var drained = 0
            while consumer.dequeue() != nil { drained += 1 }
            return outcome.checked(sent == outcome.elements + drained && buffers.holdsPieces)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let (size, burst) = (UInt32(MemoryLayout<Element>.stride), UInt32(key.burst))
            let count = UInt64(rounds * key.burst)
            buffers.refill()
            let gate = StartGate()
            let state = unsafe BaselineState(
                ring: raw, elementSize: size, source: UnsafeRawPointer(buffers.source.baseAddress.unsafelyUnwrapped))
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent =
                    unsafe isSingle
                    ? cbaseline_produce_singles(state.ring, state.elementSize, state.source, count)
                    : cbaseline_produce(state.ring, state.elementSize, state.source, burst, count)
            }
            gate.open()
            let outcome = Workload.Outcome.timing {
                unsafe Int(
                    isSingle
                        ? cbaseline_consume_singles(raw, size, destination, count)
                        : cbaseline_consume(raw, size, destination, burst, count))
            }
            let sent = task.join().sent
            let drained = unsafe Int(cbaseline_drain(raw, size))
            return outcome.checked(Int(sent) == outcome.elements + drained && buffers.holdsPieces)
        }
    }

    /// The same for elements that are written and read in the ring.
    func inPlaceOnTwoCPUs(_ key: Key) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Element64.self, capacity: key.ring)
        // The producing threads' states have a source, from which nothing is read here.
        let source = Buffers<Element64>(count: 1)
        let worker = try worker()
        /// Elements have the numbers from 0 on in each of their eight words.
        func sum(_ count: Int) -> UInt64 { UInt64(count) &* UInt64(max(count, 1) - 1) / 2 &* 8 }
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            var consumer = try ring.makeConsumer(pacing: key.ringPacing)
            let gate = StartGate()
            let state = unsafe ProducerState(
                producer: try ring.makeProducer(pacing: key.ringPacing), source: UnsafeBufferPointer(source.source))
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent = Loop.produceInPlace(&state.producer, key.burst, count: count)
            }
            var total: UInt64 = 0
            gate.open()
            let outcome = Workload.Outcome.timing {
                let (received, sum) = Loop.consumeInPlace(&consumer, key.burst, count: count)
                total = sum
                return received
            }
            let sent = task.join().sent
            var drained = 0
            while consumer.dequeue() != nil { drained += 1 }
            return outcome.checked(sent == outcome.elements + drained && total == sum(outcome.elements))
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = UInt64(rounds * key.burst)
            let gate = StartGate()
            let state = unsafe BaselineState(
                ring: raw, elementSize: 64, source: UnsafeRawPointer(source.source.baseAddress.unsafelyUnwrapped))
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent = unsafe cbaseline_produce_in_place(state.ring, UInt32(key.burst), count)
            }
            var total: UInt64 = 0
            gate.open()
            let outcome = Workload.Outcome.timing {
                unsafe Int(cbaseline_consume_in_place(raw, UInt32(key.burst), count, &total))
            }
            let sent = task.join().sent
            let drained = unsafe Int(cbaseline_drain(raw, 64))
            return outcome.checked(Int(sent) == outcome.elements + drained && total == sum(outcome.elements))
        }
    }
}
