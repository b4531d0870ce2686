import DPDKMultiProcess

/// What the primary has of one client: the rings to it and from it, and what must come back.
struct Link: ~Copyable {
    let number: Int
    let ring: SharedRing<Packet>
    var process: ClientProcess?
    /// How many clients with this number there were.
    var incarnation: UInt32 = 0
    var faults = Faults()
    private var producer: SharedRing<Packet>.Producer
    private var consumer: SharedRing<Packet>.Consumer
    /// Packets that did not fit into the ring yet.
    private var pending: PacketBurst
    private var returned: PacketBurst
    /// The number of the last packet that was written.
    private(set) var sequence: UInt64 = 0
    /// How many packets came back, those that the client allocated included.
    private(set) var returnedCount = 0
    /// The number of the last packet that came back, for each origin.
    private var last: [UInt64] = [0, 0]
    /// The newest numbers that came back, each at a place that the number decides.
    private var recent = [UInt64](repeating: .max, count: 8_192)

    /// What was wrong with packets that came back.
    struct Faults {
        var repeated = 0
        var reordered = 0
        var broken = 0
    }

    init(_ number: Int, in primary: PrimaryProcess) throws {
        let ring = try SharedRing<Packet>(creating: Names.ring(to: number), capacity: 255, in: primary)
        let producer = try ring.makeProducer()
        let consumer = try SharedRing<Packet>(creating: Names.ring(from: number), capacity: 255, in: primary)
            .makeConsumer()
        let pending = try PacketBurst(capacity: 32, in: primary)
        let returned = try PacketBurst(capacity: 64, in: primary)
        self.number = number
        self.ring = ring
        self.producer = producer
        self.consumer = consumer
        self.pending = pending
        self.returned = returned
    }

    /// Sends the client new packets, as many as its ring takes.
    mutating func send(from pool: PacketPool) {
        if pending.isEmpty, pool.allocateBulk(pending.capacity, into: &pending) {
            for index in 0..<pending.count {
                sequence += 1
                pending[index].write(Frame(origin: .primary, client: number, sequence: sequence))
            }
        }
        _ = producer.enqueueBurst(&pending)
    }

    /// Takes what came back, checks it and frees it. Returns how many packets that were.
    mutating func collect() -> Int {
        let count = consumer.dequeueBurst(into: &returned)
        for index in 0..<count { check(returned[index].frame()) }
        returned.removeAll()
        returnedCount += count
        return count
    }

    /// Takes all that came back, and frees what was not sent yet.
    mutating func letGo() {
        while collect() > 0 {}
        pending.removeAll()
    }

    private mutating func check(_ frame: Frame?) {
        guard let frame, frame.client == number else {
            faults.broken += 1
            return
        }
        let origin = Int(frame.origin.rawValue)
        let key = frame.sequence << 1 | UInt64(origin)
        let place = Int(key % UInt64(recent.count))
        if frame.sequence > last[origin] {
            last[origin] = frame.sequence
        } else if recent[place] == key {
            faults.repeated += 1
        } else {
            faults.reordered += 1
        }
        recent[place] = key
    }
}
