import CBaseline
import DPDKMultiProcess

// MARK: - Packets

extension Loop {
    /// Moves a burst through the ring and back, `rounds` times.
    @inline(never)
    static func packetsAround(
        _ producer: inout SharedRing<Packet>.Producer, _ consumer: inout SharedRing<Packet>.Consumer,
        _ burst: inout PacketBurst, rounds: Int
    ) -> Workload.Outcome {
        let count = burst.count
        return time(rounds, of: count) {
            _ = producer.enqueueBurst(&burst)
            return consumer.dequeueBurst(into: &burst) == count
        }
    }

    /// Allocates a burst, moves it through the ring and frees it, `rounds` times.
    @inline(never)
    static func packetsThrough(
        _ producer: inout SharedRing<Packet>.Producer, _ consumer: inout SharedRing<Packet>.Consumer,
        _ burst: inout PacketBurst, _ pool: PacketPool, count: Int, rounds: Int
    ) -> Workload.Outcome {
        time(rounds, of: count) {
            guard pool.allocateBulk(count, into: &burst) else { return false }
            _ = producer.enqueueBurst(&burst)
            let moved = consumer.dequeueBurst(into: &burst)
            burst.removeAll()
            return moved == count
        }
    }

    /// Reads the EtherType of each packet, `rounds` times, and adds them.
    @inline(never)
    static func packetsEach(_ burst: inout PacketBurst, rounds: Int) -> (outcome: Workload.Outcome, sum: UInt64) {
        var total: UInt64 = 0
        let outcome = time(rounds, of: burst.count) {
            burst.forEach { packet in
                if let type = packet.load(at: 12, as: UInt16.self) { total &+= UInt64(type) }
            }
            cbaseline_forget()
            return true
        }
        return (outcome, total)
    }

    /// Allocates bursts and enqueues them, until `count` packets are in, and returns how many are.
    @inline(never)
    static func produce(_ state: inout PacketProducerState, _ burst: Int, count: Int) -> Int {
        var sent = 0
        while sent < count {
            guard state.pool.allocateBulk(burst, into: &state.burst) else {
                Lcore.pause()
                if cbaseline_is_alone() { break }
                continue
            }
            while !state.burst.isEmpty {
                if state.producer.enqueueBurst(&state.burst) == 0 {
                    Lcore.pause()
                    if cbaseline_is_alone() { return sent &+ burst &- state.burst.count }
                }
            }
            sent &+= burst
        }
        return sent
    }

    /// Dequeues bursts and frees them, until `count` packets are out, and returns how many are.
    @inline(never)
    static func consume(
        _ consumer: inout SharedRing<Packet>.Consumer, _ burst: inout PacketBurst, count: Int
    ) -> Int {
        var received = 0
        while received < count {
            let number = consumer.dequeueBurst(into: &burst)
            if number == 0 {
                Lcore.pause()
                if cbaseline_is_alone() { break }
                continue
            }
            burst.removeAll()
            received &+= number
        }
        return received
    }
}

/// What the producing thread has of the library.
struct PacketProducerState: ~Copyable, Sendable {
    var producer: SharedRing<Packet>.Producer
    var burst: PacketBurst
    let pool: PacketPool
    var sent = 0
}

/// What the producing thread has of C.
@safe struct PacketBaselineState: @unchecked Sendable {
    let ring: OpaquePointer
    let pool: OpaquePointer
    var sent: UInt64 = 0
}
