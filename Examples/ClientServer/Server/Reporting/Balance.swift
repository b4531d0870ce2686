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

    /// Packets dropped for whatever reason.
    var dropped: UInt64 { ringFull &+ notTaken &+ unroutable }

    /// Packets that are still somewhere.
    var remaining: UInt64 { inRings &+ held }

    /// How many packets more were received than can be accounted for; negative if fewer were.
    var unaccounted: Int64 { Int64(bitPattern: received &- sent &- dropped &- remaining) }

    var addsUp: Bool { unaccounted == 0 }
}

extension Balance {
    /// Gathers the numbers. They add up only when nothing moves any more.
    init(of shared: SharedObjects) throws { self.init(try Snapshot(of: shared), held: try shared.heldByClients()) }

    init(_ snapshot: Snapshot, held: Int) {
        received = sum(of: snapshot.ports, \.rx)
        sent = sum(of: snapshot.clients, \.tx)
        ringFull = sum(of: snapshot.clients, \.rxDrop)
        notTaken = sum(of: snapshot.clients, \.txDrop)
        unroutable = sum(of: snapshot.clients, \.unroutable)
        inRings = sum(of: snapshot.clients) { UInt64($0.inRing) }
        self.held = UInt64(held)
    }
}

extension Balance: CustomStringConvertible {
    var description: String {
        """
        received \(received) = sent \(sent) + dropped \(dropped) + still held \(remaining)
        dropped: \(ringFull) ring full, \(notTaken) not taken by a port, \(unroutable) from an unknown port
        still held: \(inRings) in rings, \(held) by clients
        """
    }

    /// What is wrong with a balance that does not add up, in one sentence.
    var difference: String {
        let (count, isOrAre) =
            unaccounted.magnitude == 1 ? ("1 packet", "is") : ("\(unaccounted.magnitude) packets", "are")
        return "the balance does not add up: \(count) "
            + (unaccounted > 0 ? "\(isOrAre) unaccounted for" : "too many \(isOrAre) accounted for")
    }
}
