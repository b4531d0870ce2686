import CBaseline
import DPDKMultiProcess

// MARK: - Packets

extension Loop {
    /// Moves a burst through the ring and back, `rounds` times.
    @inline(never)
    static func packetsAround(
        _ producer: inout SharedRing<Packet>.Producer, _ consumer: inout SharedRing<Packet>.Consumer,
        _ burst: inout PacketBurst, rounds: Int
    ) -> UInt64 {
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            _ = producer.enqueue(&burst)
            _ = consumer.dequeue(into: &burst)
        }
        return cbaseline_ticks() &- start
    }

    /// Allocates a burst, moves it through the ring and frees it, `rounds` times.
    @inline(never)
    static func packetsThrough(
        _ producer: inout SharedRing<Packet>.Producer, _ consumer: inout SharedRing<Packet>.Consumer,
        _ burst: inout PacketBurst, _ pool: PacketPool, count: Int, rounds: Int
    ) -> UInt64 {
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            guard pool.allocate(count, into: &burst) else { return 0 }
            _ = producer.enqueue(&burst)
            _ = consumer.dequeue(into: &burst)
            burst.removeAll()
        }
        return cbaseline_ticks() &- start
    }

    /// Reads the EtherType of each packet, `rounds` times.
    @inline(never)
    static func packetsEach(_ burst: inout PacketBurst, rounds: Int, sum: inout UInt64) -> UInt64 {
        var total: UInt64 = 0
        let start = cbaseline_ticks()
        for _ in 0..<rounds {
            burst.forEach { packet in
                if let type = packet.load(at: 12, as: UInt16.self) { total &+= UInt64(type) }
            }
            cbaseline_forget()
        }
        let ticks = cbaseline_ticks() &- start
        sum = total
        return ticks
    }

    /// Allocates bursts and enqueues them, until `count` packets are in.
    @inline(never)
    static func produce(_ state: inout PacketProducerState, _ burst: Int, count: Int) {
        var sent = 0
        while sent < count {
            guard state.pool.allocate(burst, into: &state.burst) else {
                cbaseline_pause()
                continue
            }
            while !state.burst.isEmpty {
                if state.producer.enqueue(&state.burst) == 0 { cbaseline_pause() }
            }
            sent &+= burst
        }
    }

    /// Dequeues bursts and frees them, until `count` packets are out.
    @inline(never)
    static func consume(_ consumer: inout SharedRing<Packet>.Consumer, _ burst: inout PacketBurst, count: Int) {
        var received = 0
        while received < count {
            let number = consumer.dequeue(into: &burst)
            if number == 0 {
                cbaseline_pause()
                continue
            }
            burst.removeAll()
            received &+= number
        }
    }
}

/// What the producing thread has of the library.
struct PacketProducerState: ~Copyable, Sendable {
    var producer: SharedRing<Packet>.Producer
    var burst: PacketBurst
    let pool: PacketPool
}

/// What the producing thread has of C.
@safe struct PacketBaselineState: @unchecked Sendable {
    let ring: OpaquePointer
    let pool: OpaquePointer
}
