import DPDKMultiProcess
import Glibc

/// The primary: from each of two ports into a ring.
func receive(in primary: PrimaryProcess) throws {
    let pool = try PacketPool(creating: "packets", capacity: 8191, in: primary)
    let ports = try (0...1).map { id in
        try EthPort(configuring: id, .init(isPromiscuous: true), receivingInto: pool, in: primary)
    }
    for port in ports { try port.start(in: primary) }
    var queues = try InlineArray<2, ReceiveQueue> { try ports[$0].makeReceiveQueue(0) }
    var rings = try InlineArray<2, SharedRing<Packet>.Producer> {
        try SharedRing(creating: "from_port_\($0)", capacity: 1023, in: primary).makeProducer()
    }
    var bursts = try InlineArray<2, PacketBurst> { _ in try PacketBurst(capacity: 32, in: primary) }
    var idle = Idle(.adaptive)
    print("The ports are up: start this program again in another terminal.")
    while !StopSignal.isRaised {
        var count = 0
        for port in 0...1 {
            if bursts[port].isEmpty { _ = queues[port].receiveBurst(into: &bursts[port]) }
            count += rings[port].enqueueBurst(&bursts[port])  // What does not fit stays in the burst.
        }
        idle.rest(afterFinding: count)
    }
    // The worker has queues of the ports, so it goes first. If it does not, the shutdown says so.
    _ = try primary.dismissSecondaries(within: .seconds(10))
}

/// The worker, a secondary: from each ring out of the other port.
func transmit(in worker: SecondaryProcess) throws {
    var rings = try InlineArray<2, SharedRing<Packet>.Consumer> {
        try SharedRing(lookingUp: "from_port_\($0)", in: worker).makeConsumer()
    }
    var queues = try InlineArray<2, TransmitQueue> {
        try EthPort(lookingUp: 1 - $0, in: worker).makeTransmitQueue(0)
    }
    var bursts = try InlineArray<2, PacketBurst> { _ in try PacketBurst(capacity: 32, in: worker) }
    var idle = Idle(.adaptive)
    var total = 0
    print("Forwarding. Ctrl-C ends the worker here, and both in the other terminal.")
    while !StopSignal.isRaised {
        var count = 0
        for port in 0...1 {
            if bursts[port].isEmpty { _ = rings[port].dequeueBurst(into: &bursts[port]) }
            count += queues[port].transmitBurst(&bursts[port])  // What the other port does not take stays, too.
        }
        if count == 0, worker.isGroupEnding { break }
        total += count
        idle.rest(afterFinding: count)
    }
    print("\(total) packets forwarded")
}

do {
    try AutoProcess.run(EALArguments(commandLine: CommandLine.arguments)) { process in
        switch process {
        case .primary(let primary): try receive(in: primary)
        case .secondary(let worker): try transmit(in: worker)
        }
    }
} catch {
    DPDKError.exit(for: error)
}
