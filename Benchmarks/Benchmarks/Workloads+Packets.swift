import CBaseline
import CDPDK
import DPDKMultiProcess

extension Bench {
    /// A burst of packets that hold the numbers 0, 1, 2, ….
    func numberedPackets(_ count: Int, of pool: PacketPool) throws -> PacketBurst {
        var packets = try PacketBurst(capacity: count, in: process)
        guard pool.allocateBulk(count, into: &packets) else { throw BenchmarkError("the pool is empty") }
        var number: UInt8 = 0
        packets.forEach { packet in
            _ = packet.append(repeating: number, count: 60)
            number &+= 1
        }
        return packets
    }

    /// Whether a burst is one of `numberedPackets`, none lost and all in order.
    func areNumbered(_ packets: inout PacketBurst, _ count: Int) -> Bool {
        var number: UInt8 = 0
        var areSame = packets.count == count
        packets.forEach { packet in
            areSame = areSame && packet.load(at: 0) == number
            number &+= 1
        }
        return areSame
    }

    /// A cell of a burst of packets that goes through the ring and back.
    func packetsAround(_ key: Key) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: key.ring)
        let (pool, rawPool) = unsafe try packetPool()
        return Workload(key: key) { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            var producer = try ring.makeProducer()
            var consumer = try ring.makeConsumer()
            var packets = try numberedPackets(key.burst, of: pool)
            let outcome = Loop.packetsAround(&producer, &consumer, &packets, rounds: rounds)
            return outcome.checked(areNumbered(&packets, key.burst))
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            return Workload.Outcome(
                unsafe cbaseline_packets_around(raw, rawPool, UInt32(key.burst), UInt64(rounds)))
        }
    }

    /// A cell of packets that are allocated, go through the ring and are freed, on one CPU.
    func packetsThroughOnOneCPU(_ key: Key) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: key.ring)
        let (pool, rawPool) = unsafe try packetPool()
        return Workload(key: key) { [process, firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            var producer = try ring.makeProducer()
            var consumer = try ring.makeConsumer()
            var packets = try PacketBurst(capacity: key.burst, in: process)
            return Loop.packetsThrough(&producer, &consumer, &packets, pool, count: key.burst, rounds: rounds)
                .checked(pool.inUseCount == 0)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let outcome = unsafe cbaseline_packets_through(raw, rawPool, UInt32(key.burst), UInt64(rounds))
            return Workload.Outcome(outcome).checked(pool.inUseCount == 0)
        }
    }

    /// A cell of looking at each packet of a burst.
    func packetsEach(_ key: Key) throws -> Workload {
        let (pool, rawPool) = unsafe try packetPool()
        // The sum of the types of so many packets, all of whose bytes are 8.
        func sum(rounds: Int) -> UInt64 { 0x0808 * UInt64(rounds * key.burst) }
        return Workload(key: key) { [process] rounds in
            var packets = try PacketBurst(capacity: key.burst, in: process)
            guard pool.allocateBulk(key.burst, into: &packets) else { throw BenchmarkError("the pool is empty") }
            packets.forEach { packet in _ = packet.append(repeating: 8, count: 60) }
            let (outcome, found) = Loop.packetsEach(&packets, rounds: rounds)
            return outcome.checked(found == sum(rounds: rounds))
        } baseline: { rounds in
            var found: UInt64 = 0
            let outcome = unsafe cbaseline_packets_each(rawPool, UInt32(key.burst), UInt64(rounds), &found)
            return Workload.Outcome(outcome).checked(found == sum(rounds: rounds))
        }
    }

    /// A cell of packets that are allocated on one CPU and freed on the other.
    func packetsThroughOnTwoCPUs(_ key: Key) throws -> Workload {
        let (ring, raw) = unsafe try ring(of: Packet.self, capacity: key.ring)
        let (pool, rawPool) = unsafe try packetPool()
        let worker = try worker()
        // A multiple of the burst, so that all are out at the end.
        return Workload(key: key) { [process, firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let count = rounds * key.burst
            var consumer = try ring.makeConsumer(pacing: key.ringPacing)
            var packets = try PacketBurst(capacity: key.burst, in: process)
            let gate = StartGate()
            let state = PacketProducerState(
                producer: try ring.makeProducer(pacing: key.ringPacing),
                burst: try PacketBurst(capacity: key.burst, in: process), pool: pool)
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent = Loop.produce(&state, key.burst, count: count)
            }
            gate.open()
            let outcome = Workload.Outcome.timing { Loop.consume(&consumer, &packets, count: count) }
            let sent = task.join().sent
            return outcome.checked(sent == outcome.elements && pool.inUseCount == 0)
        } baseline: { [firstSlot] rounds in
            unsafe cbaseline_ring_restart(raw, firstSlot)
            let (burst, count) = (UInt32(key.burst), UInt64(rounds * key.burst))
            let gate = StartGate()
            let state = unsafe PacketBaselineState(ring: raw, pool: rawPool)
            let task = try worker.run(consuming: state) { state in
                gate.wait()
                state.sent = unsafe cbaseline_packets_produce(state.ring, state.pool, burst, count)
            }
            gate.open()
            let outcome = Workload.Outcome.timing { unsafe Int(cbaseline_packets_consume(raw, burst, count)) }
            let sent = task.join().sent
            return outcome.checked(Int(sent) == outcome.elements && pool.inUseCount == 0)
        }
    }
}
