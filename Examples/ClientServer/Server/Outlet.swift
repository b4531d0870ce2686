import ClientServer
import DPDKMultiProcess
import Glibc

/// The way to one client: the producing end of its ring, and what happens when that is full.
struct Outlet: ~Copyable {
    private var producer: SharedRing<Packet>.Producer
    /// How many nanoseconds to wait for room.
    private let patience: UInt64
    /// Whether the last wait was in vain; there is no other before the client goes on.
    private var isStalled = false
    /// How many times there were packets for it.
    private var bursts: UInt32 = 0
    let traffic = ClientTraffic()

    init(_ producer: consuming SharedRing<Packet>.Producer, patienceInMicroseconds: Int) {
        self.producer = producer
        patience = UInt64(patienceInMicroseconds) * 1_000
    }

    /// Gives the packets to the client; those that there is no room for in time are dropped.
    @inline(__always)
    mutating func deliver(_ packets: inout PacketBurst) {
        guard !packets.isEmpty else { return }
        enqueue(&packets)
        if !packets.isEmpty { overflow(&packets) }
        bursts &+= 1
        if bursts % 16 == 0 { traffic.note(fill: producer.capacity - producer.freeCount) }
    }

    @inline(__always)
    private mutating func enqueue(_ packets: inout PacketBurst) {
        let count = producer.enqueueBurst(&packets)
        if count > 0 { isStalled = false }
        traffic.delivered.add(UInt64(count))
    }

    @inline(never)
    private mutating func overflow(_ packets: inout PacketBurst) {
        traffic.note(fill: producer.capacity)
        if patience > 0, !isStalled { waitForRoom(&packets) }
        traffic.dropped.add(UInt64(packets.count))
        packets.removeAll()
    }

    private mutating func waitForRoom(_ packets: inout PacketBurst) {
        isStalled = true
        let deadline = Clock.nanoseconds + patience
        repeat {
            sched_yield()
            enqueue(&packets)
        } while !packets.isEmpty && Clock.nanoseconds < deadline
    }
}
