import CBaseline
import CDPDK
import DPDKMultiProcess

// MARK: - In the primary, which consumes and looks at the clock

extension Bench {
    private func needPartner() throws -> Partner {
        guard let partner else { throw BenchmarkError("there is no secondary") }
        return partner
    }

    /// A cell of two processes for one element type.
    func valuesFromPartner<Element: RingValue>(_ key: Key, of type: Element.Type) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Element.self, capacity: key.ring)
        let buffers = Buffers<Element>(count: key.burst)
        let partner = try needPartner()
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            var consumer = try ring.makeConsumer(pacing: key.ringPacing)
            buffers.refill()
            try partner.begin(Order(key: key, isBaseline: false, count: count, first: buffers.first))
            let outcome = Workload.Outcome.timing { unsafe Loop.consume(&consumer, buffers.destination, count: count) }
            let sent = try partner.end()
            var drained = 0
            while consumer.dequeue() != nil { drained += 1 }
            return outcome.checked(sent == outcome.elements + drained && buffers.holdsPieces)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let (size, burst) = (UInt32(MemoryLayout<Element>.stride), UInt32(key.burst))
            let count = rounds * key.burst
            buffers.refill()
            let destination = unsafe UnsafeMutableRawPointer(buffers.destination.baseAddress.unsafelyUnwrapped)
            try partner.begin(Order(key: key, isBaseline: true, count: count, first: buffers.first))
            let outcome = Workload.Outcome.timing {
                unsafe Int(cbaseline_consume(raw, size, destination, burst, UInt64(count)))
            }
            let sent = try partner.end()
            let drained = unsafe Int(cbaseline_drain(raw, size))
            return outcome.checked(sent == outcome.elements + drained && buffers.holdsPieces)
        }
    }

    /// A cell of packets that are allocated in the secondary and freed here.
    func packetsFromPartner(_ key: Key) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: key.ring)
        let (pool, _) = unsafe try packetPool()
        let partner = try needPartner()
        return Workload(key: key) { [process, firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            var consumer = try ring.makeConsumer(pacing: key.ringPacing)
            var packets = try PacketBurst(capacity: key.burst, in: process)
            try partner.begin(Order(key: key, isBaseline: false, count: count))
            let outcome = Workload.Outcome.timing { Loop.consume(&consumer, &packets, count: count) }
            let sent = try partner.end()
            return outcome.checked(sent == outcome.elements && pool.inUseCount == 0)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            try partner.begin(Order(key: key, isBaseline: true, count: count))
            let outcome = Workload.Outcome.timing {
                unsafe Int(cbaseline_packets_consume(raw, UInt32(key.burst), UInt64(count)))
            }
            let sent = try partner.end()
            return outcome.checked(sent == outcome.elements && pool.inUseCount == 0)
        }
    }
}

// MARK: - In the secondary, which produces

extension Bench {
    func valuesToPartner<Element: RingValue>(_ key: Key, of type: Element.Type) throws -> Assistance {
        let (ring, raw) = unsafe try ring(of: Element.self, capacity: key.ring)
        let buffers = Buffers<Element>(count: key.burst)
        return { order, gate in
            buffers.refill(from: order.first)
            let source = unsafe UnsafeBufferPointer(buffers.source)
            guard !order.isBaseline else {
                let start = unsafe UnsafeRawPointer(source.baseAddress.unsafelyUnwrapped)
                let (size, burst) = (UInt32(MemoryLayout<Element>.stride), UInt32(key.burst))
                gate.wait()
                return unsafe Int(cbaseline_produce(raw, size, start, burst, UInt64(order.count)))
            }
            var producer = try ring.makeProducer(pacing: key.ringPacing)
            gate.wait()
            return unsafe Loop.produce(&producer, source, count: order.count)
        }
    }

    func packetsToPartner(_ key: Key) throws -> Assistance {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: key.ring)
        let (pool, rawPool) = unsafe try packetPool()
        return { [process] order, gate in
            guard !order.isBaseline else {
                gate.wait()
                return unsafe Int(cbaseline_packets_produce(raw, rawPool, UInt32(key.burst), UInt64(order.count)))
            }
            var state = PacketProducerState(
                producer: try ring.makeProducer(pacing: key.ringPacing),
                burst: try PacketBurst(capacity: key.burst, in: process), pool: pool)
            gate.wait()
            return Loop.produce(&state, key.burst, count: order.count)
        }
    }
}
