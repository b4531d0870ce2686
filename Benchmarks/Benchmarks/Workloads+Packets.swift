import CBaseline
import DPDKMultiProcess

extension Bench {
    /// The cells of packets on one CPU.
    func packetsOnOneCPU(_ work: Key.Work, ring size: Int) throws -> [Workload] {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: size)
        let (pool, rawPool) = unsafe try packetPool()
        return Self.burstSizes(upTo: size).map { burst in
            Workload(
                key: Key(place: .oneCPU, work: work, elementSize: 8, ring: size, burst: burst)
            ) { [primary] elements in
                var producer = try ring.makeProducer()
                var consumer = try ring.makeConsumer()
                var packets = try PacketBurst(capacity: burst, in: primary)
                let rounds = max(1, elements / burst)
                if work == .packetsThrough {
                    let ticks = Loop.packetsThrough(
                        &producer, &consumer, &packets, pool, count: burst, rounds: rounds)
                    return Workload.Outcome(ticks: ticks, elements: rounds * burst)
                }
                guard pool.allocate(burst, into: &packets) else { throw BenchmarkError("the pool is empty") }
                let ticks = Loop.packetsAround(&producer, &consumer, &packets, rounds: rounds)
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            } baseline: { elements in
                let rounds = max(1, elements / burst)
                let ticks =
                    if work == .packetsThrough {
                        unsafe cbaseline_packets_through(raw, rawPool, UInt32(burst), UInt64(rounds))
                    } else {
                        unsafe cbaseline_packets_around(raw, rawPool, UInt32(burst), UInt64(rounds))
                    }
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            }
        }
    }

    /// The cells of looking at each packet of a burst.
    func packetsEach() throws -> [Workload] {
        let (pool, rawPool) = unsafe try packetPool()
        return Self.burstSizes(upTo: 256).map { burst in
            let key = Key(place: .oneCPU, work: .packetsEach, elementSize: 8, ring: 0, burst: burst)
            return Workload(key: key) { [primary] elements in
                var packets = try PacketBurst(capacity: burst, in: primary)
                guard pool.allocate(burst, into: &packets) else { throw BenchmarkError("the pool is empty") }
                packets.forEach { packet in packet.append(repeating: 8, count: 60) }
                let rounds = max(1, elements / burst)
                var sum: UInt64 = 0
                let ticks = Loop.packetsEach(&packets, rounds: rounds, sum: &sum)
                try Self.check(sum, rounds * burst, key)
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            } baseline: { elements in
                let rounds = max(1, elements / burst)
                var sum: UInt64 = 0
                let ticks = unsafe cbaseline_packets_each(rawPool, UInt32(burst), UInt64(rounds), &sum)
                try Self.check(sum, rounds * burst, key)
                return Workload.Outcome(ticks: ticks, elements: rounds * burst)
            }
        }
    }

    /// Throws unless the sum is that of the types of so many packets.
    private static func check(_ sum: UInt64, _ packets: Int, _ key: Key) throws {
        guard sum == 0x0808 * UInt64(packets) else { throw BenchmarkError("\(key): not every packet was read") }
    }

    /// The cells of packets on two CPUs.
    func packetsOnTwoCPUs(ring size: Int) throws -> [Workload] {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: size)
        let (pool, rawPool) = unsafe try packetPool()
        let worker = try worker()
        return Self.burstSizes(upTo: size).map { burst in
            Workload(
                key: Key(place: .twoCPUs, work: .packetsThrough, elementSize: 8, ring: size, burst: burst)
            ) { [primary] elements in
                // A multiple of the burst, so that all are out at the end.
                let count = max(1, elements / burst) * burst
                var consumer = try ring.makeConsumer()
                var packets = try PacketBurst(capacity: burst, in: primary)
                let gate = StartGate()
                let state = PacketProducerState(
                    producer: try ring.makeProducer(), burst: try PacketBurst(capacity: burst, in: primary), pool: pool)
                let task = try worker.run(consuming: state) { state in
                    gate.wait()
                    Loop.produce(&state, burst, count: count)
                }
                gate.open()
                let start = cbaseline_ticks()
                Loop.consume(&consumer, &packets, count: count)
                let ticks = cbaseline_ticks() &- start
                _ = task.join()
                return Workload.Outcome(ticks: ticks, elements: count)
            } baseline: { elements in
                let count = max(1, elements / burst) * burst
                let gate = StartGate()
                let state = unsafe PacketBaselineState(ring: raw, pool: rawPool)
                let task = try worker.run(consuming: state) { state in
                    gate.wait()
                    unsafe cbaseline_packets_produce(state.ring, state.pool, UInt32(burst), UInt64(count))
                }
                gate.open()
                let start = cbaseline_ticks()
                unsafe cbaseline_packets_consume(raw, UInt32(burst), UInt64(count))
                let ticks = cbaseline_ticks() &- start
                _ = task.join()
                return Workload.Outcome(ticks: ticks, elements: count)
            }
        }
    }
}
