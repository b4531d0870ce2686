import ClientServer
import DPDKMultiProcess
import Foundation

/// The way to one client: the producing end of its ring, and what happens when the ring is full.
struct Outlet: ~Copyable {
    private var producer: SharedRing<Packet>.Producer
    private let state: SharedRegion<ServerState>.Access
    private let client: Int
    /// How many nanoseconds to wait for room in a full ring.
    private let patience: UInt64
    /// Whether the last wait was in vain. The next wait comes only after the client has taken packets again.
    private var isStalled = false
    private var deliveries: UInt32 = 0
}

extension Outlet {
    init(to client: Int, _ shared: SharedObjects, _ options: ServerOptions) throws {
        self.init(
            producer: try shared.rings[client].makeProducer(), state: try shared.state.makeAccess(), client: client,
            patience: UInt64(try options.patience()) * 1_000)
    }

    /// Gives the packets to the client, and drops those for which there is no room in time.
    mutating func deliver(_ packets: inout PacketBurst) {
        enqueue(&packets)
        if packets.isEmpty { return }
        let end = patience > 0 && !isStalled ? DispatchTime.now().uptimeNanoseconds + patience : 0
        isStalled = true  // Until the client takes packets.
        while !packets.isEmpty, end > 0, DispatchTime.now().uptimeNanoseconds < end {
            sched_yield()
            enqueue(&packets)
        }
        state.value.dropped[client].add(UInt64(packets.count))
        packets.removeAll()
    }

    private mutating func enqueue(_ packets: inout PacketBurst) {
        let count = producer.enqueueBurst(&packets)
        if count > 0 { isStalled = false }
        state.value.delivered[client].add(UInt64(count))
        // Not each time: it reads the client's place in the ring, which the client's CPU keeps changing.
        deliveries &+= 1
        if deliveries % 16 == 0 || !packets.isEmpty { state.value.noteFill(ofClient: client, producer) }
    }
}
