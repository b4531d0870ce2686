import CBaseline
import DPDKMultiProcess

extension Bench {
    /// The cells of two CPUs for one element type: the worker produces, this thread consumes and looks at the clock.
    func twoCPUs<Element: BenchmarkElement>(of type: Element.Type, ring size: Int) throws -> [Workload] {
        let (ring, raw) = unsafe try ring(of: Element.self, capacity: size)
        let stride = MemoryLayout<Element>.stride
        let worker = try worker()
        return Self.burstSizes(upTo: size).map { burst in
            let buffers = Buffers<Element>(count: burst)
            return Workload(
                key: Key(place: .twoCPUs, work: .burst, elementSize: stride, ring: size, burst: burst)
            ) { elements in
                var consumer = try ring.makeConsumer()
                let gate = StartGate()
                let state = unsafe ProducerState(
                    producer: try ring.makeProducer(), source: UnsafeBufferPointer(buffers.source))
                let task = try worker.run(consuming: state) { state in
                    gate.wait()
                    unsafe Loop.produce(&state.producer, state.source, count: elements)
                }
                gate.open()
                let start = cbaseline_ticks()
                unsafe Loop.consume(&consumer, buffers.destination, count: elements)
                let ticks = cbaseline_ticks() &- start
                _ = task.join()
                while consumer.dequeue() != nil {}
                return Workload.Outcome(ticks: ticks, elements: elements)
            } baseline: { elements in
                let gate = StartGate()
                let state = unsafe BaselineState(
                    ring: raw, elementSize: UInt32(stride), source: buffers.rawSource)
                let task = try worker.run(consuming: state) { state in
                    gate.wait()
                    unsafe cbaseline_produce(
                        state.ring, state.elementSize, state.source, UInt32(burst), UInt64(elements))
                }
                gate.open()
                let start = cbaseline_ticks()
                unsafe cbaseline_consume(
                    raw, UInt32(stride), buffers.rawDestination, UInt32(burst), UInt64(elements))
                let ticks = cbaseline_ticks() &- start
                _ = task.join()
                unsafe cbaseline_drain(raw, UInt32(stride))
                return Workload.Outcome(ticks: ticks, elements: elements)
            }
        }
    }
}
