// The program of a package that depends on this one, as a user would write it: it imports one module, sets no flag, and
// uses each kind of object with types of its own. `Scripts/probe` builds and runs it.

import DPDKMultiProcess

struct Tick: RingValue, Equatable {
    var sequence: UInt64
    var price: Double
    var volume: UInt32
    var venue: UInt16
    var flags: UInt16
}

struct Totals: SharedValue, BitwiseCopyable, Equatable {
    var ticks: UInt64
    var volume: UInt64
}

struct Mismatch: Error, CustomStringConvertible {
    let description: String
}

func check(_ isRight: Bool, _ what: String) throws(Mismatch) {
    guard isRight else { throw Mismatch(description: "wrong: \(what)") }
}

/// Values of a type of this module, through a ring and back.
func probeRing(_ primary: PrimaryProcess) throws {
    let ring = try SharedRing<Tick>(creating: "probe_ticks", capacity: 1023, in: primary)
    try check(ring.capacity == 1023, "the ring's capacity")
    var producer = try ring.makeProducer()
    var consumer = try ring.makeConsumer()
    let ticks = (0..<100).map { Tick(sequence: UInt64($0), price: 0.5, volume: 3, venue: 1, flags: 0) }
    var volume: UInt64 = 0
    for _ in 0..<1000 {
        try check(producer.enqueueBurst(ticks.span) == ticks.count, "how many were enqueued")
        let taken = consumer.dequeueBurst(upTo: ticks.count) { (elements: Span<Tick>) -> Int in
            for index in elements.indices { volume += UInt64(elements[index].volume) }
            return elements.count
        }
        try check(taken == ticks.count, "how many were dequeued")
    }
    try check(producer.enqueue(ticks[7]) == nil && consumer.dequeue() == ticks[7], "the value that came back")
    print("ring: \(volume)")
}

/// A structure of this module in shared memory.
func probeRegion(_ primary: PrimaryProcess) throws {
    let region = try SharedRegion(creating: "probe_totals", initial: Totals(ticks: 1, volume: 2), in: primary)
    try region.write(40, to: \.volume)
    let again = try SharedRegion<Totals>(lookingUp: "probe_totals", in: primary)
    try check(try again.read() == Totals(ticks: 1, volume: 40), "what the region holds")
    print("region: \(try again.read(\.volume))")
}

/// Packets from a port, through a ring, out of the port again.
func probePackets(_ primary: PrimaryProcess) throws {
    let pool = try PacketPool(creating: "probe_pool", capacity: 4095, in: primary)
    let port = try EthPort(configuring: "net_null0", receivingInto: pool, in: primary)
    try port.start(in: primary)
    var received = 0
    var sent = 0
    do {
        let ring = try SharedRing<Packet>(creating: "probe_packets", capacity: 255, in: primary)
        var producer = try ring.makeProducer()
        var consumer = try ring.makeConsumer()
        var receive = try port.makeReceiveQueue(0)
        var transmit = try port.makeTransmitQueue(0)
        var burst = try PacketBurst(capacity: 32, in: primary)
        for _ in 0..<1000 {
            received += receive.receiveBurst(into: &burst)
            try check(producer.enqueueBurst(&burst) > 0 && burst.isEmpty, "how many packets the ring took")
            try check(consumer.dequeueBurst(into: &burst) > 0, "how many packets came out of the ring")
            sent += transmit.transmitBurst(&burst)
            try check(burst.isEmpty, "what the port left")
        }
        guard var packet = try pool.allocate() else { throw Mismatch(description: "wrong: no packet in the pool") }
        try check(packet.append(repeating: 7, count: 60) && packet.length == 60, "the packet's length")
    }
    try check(received == sent && pool.inUseCount == 0, "the balance: \(received), \(sent), \(pool.inUseCount)")
    try port.stop(in: primary)
    try port.close(in: primary)
    print("packets: \(received)")
}

let primary = try PrimaryProcess(EALArguments(commandLine: CommandLine.arguments))
try probeRing(primary)
try probeRegion(primary)
try probePackets(primary)
try primary.shutdown()
print("done")
