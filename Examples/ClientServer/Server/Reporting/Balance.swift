import ClientServer
import DPDKMultiProcess

/// Where the packets went that the server received.
struct Balance: Codable, Equatable {
    /// Packets received from the ports.
    let received: UInt64
    /// Packets that the ports took from the clients.
    let sent: UInt64
    /// Packets dropped because a client's ring was full.
    let ringFull: UInt64
    /// Packets dropped because there was no client.
    let noClient: UInt64
    /// Packets dropped because a port did not take them from a client.
    let notTaken: UInt64
    /// Packets dropped because they came from a port that is not served.
    let unroutable: UInt64
    /// Packets that are still in the clients' rings.
    let inRings: UInt64
    /// Packets that clients of this library still have in their hands.
    let held: UInt64
    /// Packets that clients had when they died, and which came back to the pool.
    ///
    /// A client counts what it has sent after a port has taken it. What it had sent but not counted when it died is
    /// among them.
    let returned: UInt64
    /// Clients that died.
    let deaths: UInt64
    /// Packets of the pool that are in use, wherever they are, those in the ports' queues among them.
    let inUse: UInt64

    /// Packets dropped for whatever reason.
    var dropped: UInt64 { ringFull &+ noClient &+ notTaken &+ unroutable }

    /// Packets that are still somewhere.
    var remaining: UInt64 { inRings &+ held }

    /// How many packets more were received than can be accounted for; negative if fewer were.
    var unaccounted: Int64 { Int64(bitPattern: received &- sent &- dropped &- remaining &- returned) }

    var addsUp: Bool { unaccounted == 0 }
}

extension Balance {
    /// Gathers the numbers. They add up only when nothing moves any more.
    init(of shared: SharedObjects) throws {
        let state = try shared.state.makeAccess()
        self.init(
            try Snapshot(of: shared), held: try shared.heldByClients(), inUse: shared.pool.inUseCount,
            noClient: state.value.undealt.value, deaths: state.value.deaths.value,
            cameBack: state.value.returned.value)
    }

    /// How many packets a client may have sent and not counted when it dies: its largest burst and its buffer.
    private static let uncountedLimit: UInt64 = 512 + 31

    /// - Parameter cameBack: How many packets came back from the dead, as the library says, which counts free packets
    ///   in the caches of their lcores too. No more than those can have been in their hands.
    init(_ snapshot: Snapshot, held: Int, inUse: Int, noClient: UInt64, deaths: UInt64, cameBack: UInt64) {
        received = sum(of: snapshot.ports, \.rx)
        sent = sum(of: snapshot.clients, \.tx)
        ringFull = sum(of: snapshot.clients, \.rxDrop)
        notTaken = sum(of: snapshot.clients, \.txDrop)
        unroutable = sum(of: snapshot.clients, \.unroutable)
        inRings = sum(of: snapshot.clients) { UInt64($0.inRing) }
        self.held = UInt64(held)
        self.inUse = UInt64(inUse)
        self.noClient = noClient
        self.deaths = deaths
        let gone = sent &+ ringFull &+ noClient &+ notTaken &+ unroutable &+ inRings &+ self.held
        let limit = deaths &* Self.uncountedLimit &+ cameBack
        returned = received &- gone <= limit ? received &- gone : 0
    }
}

extension Balance: CustomStringConvertible {
    var description: String {
        """
        received \(received) = sent \(sent) + dropped \(dropped) + returned \(returned) + still held \(remaining)
        dropped: \(ringFull) ring full, \(noClient) no client, \(notTaken) not taken by a port, \
        \(unroutable) from an unknown port
        returned: \(returned) by \(deaths == 1 ? "1 client" : "\(deaths) clients") that died
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
