import CBaseline
import CDPDK
import DPDKMultiProcess

extension Key.Access {
    /// The kind as C's loops have it.
    fileprivate var sharing: cbaseline_sharing {
        switch self {
        case .multiple: CBASELINE_MP_MC
        case .relaxedTailSync: CBASELINE_RTS
        case .headTailSync: CBASELINE_HTS
        }
    }
}

extension Bench {
    /// A cell of one CPU for a ring that many may use at once.
    func sharedOnOneCPU(_ key: Key, _ access: Key.Access) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: UInt64.self, capacity: key.ring, access)
        let buffers = Buffers<UInt64>(count: key.burst)
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let producer = try ring.makeSharedProducer()
            let consumer = try ring.makeSharedConsumer()
            buffers.refill()
            return Loop.sharedBursts(producer, consumer, buffers, rounds: rounds).checked(buffers.areEqual)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            buffers.refill()
            let source = unsafe UnsafeRawPointer(buffers.source.baseAddress.unsafelyUnwrapped)
            let destination = unsafe UnsafeMutableRawPointer(buffers.destination.baseAddress.unsafelyUnwrapped)
            let outcome = unsafe cbaseline_shared_bursts(
                raw, access.sharing, source, destination, UInt32(key.burst), UInt64(rounds))
            return Workload.Outcome(outcome).checked(buffers.areEqual)
        }
    }

    /// A cell of two CPUs for a ring that many may use at once: the worker produces, this thread consumes.
    func sharedOnTwoCPUs(_ key: Key, _ access: Key.Access) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: UInt64.self, capacity: key.ring, access)
        let buffers = Buffers<UInt64>(count: key.burst)
        let worker = try worker()
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            let consumer = try ring.makeSharedConsumer()
            buffers.refill()
            let gate = StartGate()
            let state = unsafe SharedProducerState(
                producer: try ring.makeSharedProducer(), source: UnsafeBufferPointer(buffers.source))
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent = unsafe Loop.sharedProduce(state.producer, state.source, count: count)
            }
            gate.open()
            let outcome = Workload.Outcome.timing {
                unsafe Loop.sharedConsume(consumer, buffers.destination, count: count)
            }
            let sent = task.join().sent
            var drained = 0
            while consumer.dequeue() != nil { drained += 1 }
            return outcome.checked(sent == outcome.elements + drained && buffers.holdsPieces)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let (burst, count) = (UInt32(key.burst), UInt64(rounds * key.burst))
            buffers.refill()
            let gate = StartGate()
            let state = unsafe BaselineState(
                ring: raw, elementSize: 8, source: UnsafeRawPointer(buffers.source.baseAddress.unsafelyUnwrapped))
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent = unsafe cbaseline_shared_produce(state.ring, access.sharing, state.source, burst, count)
            }
            let destination = unsafe UnsafeMutableRawPointer(buffers.destination.baseAddress.unsafelyUnwrapped)
            gate.open()
            let outcome = Workload.Outcome.timing {
                unsafe Int(cbaseline_shared_consume(raw, access.sharing, destination, burst, count))
            }
            let sent = task.join().sent
            let drained = unsafe Int(cbaseline_shared_drain(raw, access.sharing))
            return outcome.checked(Int(sent) == outcome.elements + drained && buffers.holdsPieces)
        }
    }

    /// A cell of a burst of packets that goes through a ring that many may use at once, and back.
    func sharedPacketsAround(_ key: Key, _ access: Key.Access) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: key.ring, access)
        let (pool, rawPool) = unsafe try packetPool()
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let producer = try ring.makeSharedProducer()
            let consumer = try ring.makeSharedConsumer()
            var packets = try numberedPackets(key.burst, of: pool)
            let outcome = Loop.sharedPacketsAround(producer, consumer, &packets, rounds: rounds)
            return outcome.checked(areNumbered(&packets, key.burst))
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            return Workload.Outcome(
                unsafe cbaseline_shared_packets_around(
                    raw, access.sharing, rawPool, UInt32(key.burst), UInt64(rounds)))
        }
    }
}

/// What the producing thread has of a ring that many may use at once.
@safe struct SharedProducerState: ~Copyable, @unchecked Sendable {
    let producer: SharedRing<UInt64>.SharedProducer
    let source: UnsafeBufferPointer<UInt64>
    var sent = 0
}
