/// Where the packets went that the server received.
struct Balance: Codable, Equatable {
    /// Packets received from the ports.
    let received: UInt64
    /// Packets that the ports took from the clients.
    let sent: UInt64
    /// Packets dropped because a client's ring was full.
    let ringFull: UInt64
    /// Packets dropped because a port did not take them from a client.
    let notTaken: UInt64
    /// Packets dropped because they came from a port that is not served.
    let unroutable: UInt64
    /// Packets that are still in the clients' rings.
    let inRings: UInt64
    /// Packets that clients of this library still have in their hands.
    let held: UInt64

    /// How many packets more were received than can be accounted for; negative where it is the other way round.
    var unaccounted: Int64 {
        Int64(received) - Int64(sent + ringFull + notTaken + unroutable + inRings + held)
    }

    var addsUp: Bool { unaccounted == 0 }
}

extension Balance {
    init(_ snapshot: Snapshot, held: Int) {
        func sum(_ number: (Snapshot.Client) -> UInt64) -> UInt64 { snapshot.clients.reduce(0) { $0 + number($1) } }
        received = snapshot.ports.reduce(0) { $0 + $1.rx }
        sent = sum(\.tx)
        ringFull = sum(\.rxDrop)
        notTaken = sum(\.txDrop)
        unroutable = sum(\.unroutable)
        inRings = sum { UInt64($0.inRing) }
        self.held = UInt64(held)
    }
}

extension Balance: CustomStringConvertible {
    var description: String {
        let dropped = ringFull + notTaken + unroutable
        return """
            received \(received) = sent \(sent) + dropped \(dropped) + still held \(inRings + held)
            dropped: \(ringFull) ring full, \(notTaken) not taken by a port, \(unroutable) from an unknown port
            still held: \(inRings) in rings, \(held) by clients
            """
    }
}
