import CDPDK
import DPDKMultiProcess
import SingleStepJudge
import Synchronization

/// The secondary, which is stepped.
final class Child {
    static let lcore = 1

    let process: SecondaryProcess
    let large, small: PacketPool
    private let spare: SharedRing<Packet>
    var spareProducer: SharedRing<Packet>.Producer?
    var spareConsumer: SharedRing<Packet>.Consumer?
    var gifts, consumer: SharedRing<Packet>.Consumer
    var producer: SharedRing<Packet>.Producer
    let sharedProducer: SharedRing<Packet>.SharedProducer
    let sharedConsumer: SharedRing<Packet>.SharedConsumer
    var nullTransmit, pcapTransmit, tapTransmit, ringTransmit: TransmitQueue
    /// Queues of net_null as if it may keep packets.
    var keepingTransmit: TransmitQueue
    var keepingReceive: ReceiveQueue
    var nullReceive, pcapReceive, ringReceive: ReceiveQueue
    var buffer: TransmitBuffer
    var burst, other, third: PacketBurst
    var targets: [2 of PacketBurst]
    var packet: Packet?
    /// What another thread is to do.
    private var next: Operation?

    private init(_ process: SecondaryProcess, _ options: Options) throws {
        self.process = process
        func packetRing(_ name: String) throws -> SharedRing<Packet> { try SharedRing(lookingUp: name, in: process) }
        large = try PacketPool(lookingUp: "large", in: process)
        small = try PacketPool(lookingUp: "small", in: process)
        spare = try packetRing("spare")
        gifts = try packetRing("gifts").makeConsumer()
        producer = try packetRing("ring").makeProducer()
        consumer = try packetRing("ring").makeConsumer()
        sharedProducer = try packetRing("hts").makeSharedProducer()
        sharedConsumer = try packetRing("hts").makeSharedConsumer()
        let null = try EthPort(lookingUp: Device.null.rawValue, in: process)
        nullTransmit = try null.makeTransmitQueue(0)
        buffer = try TransmitBuffer(queue: null.makeTransmitQueue(1), capacity: 8, in: process)
        nullReceive = try null.makeReceiveQueue(0)
        DriverTraits.unknown.withLock { $0["net_null"] = true }
        let keeping = try EthPort(lookingUp: Device.null.rawValue, in: process)
        keepingTransmit = try keeping.makeTransmitQueue(2)
        keepingReceive = try keeping.makeReceiveQueue(1)
        let pcap = try EthPort(lookingUp: Device.pcap.rawValue, in: process)
        pcapTransmit = try pcap.makeTransmitQueue(0)
        pcapReceive = try pcap.makeReceiveQueue(0)
        tapTransmit = try EthPort(lookingUp: Device.tap.rawValue, in: process).makeTransmitQueue(0)
        let ring = try EthPort(lookingUp: Device.ring.rawValue, in: process)
        ringTransmit = try ring.makeTransmitQueue(0)
        ringReceive = try ring.makeReceiveQueue(0)
        let capacity = options.isLong ? 512 : 128
        burst = try PacketBurst(capacity: capacity, in: process)
        other = try PacketBurst(capacity: capacity, in: process)
        third = try PacketBurst(capacity: 128, in: process)
        targets = [try PacketBurst(capacity: 4, in: process), try PacketBurst(capacity: 8, in: process)]
    }

    static func run(_ filePrefix: String, _ options: Options) throws {
        var arguments = EALArguments(filePrefix: filePrefix, lcores: [LcoreAssignment(id: lcore, cpus: [0])])
        arguments.usesPCI = false
        arguments.usesTelemetry = false
        let process = try SecondaryProcess(arguments)
        let child = try Child(process, options)
        judge_trace_me()
        for operation in Operation.all(options) { child.step(operation) }
    }

    private func step(_ operation: Operation) {
        guard !operation.isOnLcore else { return run(operation) }
        next = operation
        unsafe judge_on_other_thread(
            { context in
                guard let context = unsafe context else { return }
                let child = unsafe Unmanaged<Child>.fromOpaque(context).takeUnretainedValue()
                if let next = child.next { child.run(next) }
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func run(_ operation: Operation) {
        judge_pause()
        _ = gifts.dequeueBurst(into: &burst)
        operation.prepare(self)
        judge_pause()
        operation.run(self)
        judge_pause()
        tidy()
        judge_pause()
    }

    /// Frees what an operation has left.
    private func tidy() {
        packet = nil
        buffer.flush()
        burst.removeAll()
        other.removeAll()
        third.removeAll()
        for index in targets.indices { targets[index].removeAll() }
        takeSpare()
        _ = spareConsumer?.dequeueBurst(into: &burst)
        burst.removeAll()
        while ringReceive.receiveBurst(into: &burst) > 0 { burst.removeAll() }
        while consumer.dequeueBurst(into: &burst) + sharedConsumer.dequeueBurst(into: &burst) > 0 { burst.removeAll() }
    }

    // MARK: - What operations consist of

    /// Allocates packets to the end of the burst.
    func allocate(_ count: Int, from pool: PacketPool) {
        guard pool.allocateBulk(count, into: &burst) else { fatalError("\(pool.name) has no \(count) packets") }
    }

    /// Allocates packets of both pools in turn.
    func allocateMixed(_ count: Int) {
        for index in 0..<count { allocate(1, from: index.isMultiple(of: 2) ? large : small) }
    }

    /// Passes packets through one ring or the other until that of `net_ring` has given out `distance` more of them.
    func passPackets(untilRingsAreApartBy distance: UInt32) {
        guard let ring = unsafe cdpdk_ring_lookup("ring"), let other = unsafe cdpdk_ring_lookup("ETH_RXTX0_net_ring0")
        else { fatalError("a ring is missing") }
        let (tail, otherTail) = unsafe (cdpdk_ring_view(ring).consumer_tail, cdpdk_ring_view(other).consumer_tail)
        while true {
            let missing = unsafe Int32(bitPattern: tail.pointee &+ distance &- otherTail.pointee)
            if missing == 0 { return }
            allocate(1, from: large)
            if missing > 0 {
                _ = ringTransmit.transmitBurst(&burst)
                _ = ringReceive.receiveBurst(into: &burst)
            } else {
                _ = producer.enqueueBurst(&burst)
                _ = consumer.dequeueBurst(into: &burst)
            }
            burst.removeAll()
        }
    }

    /// Takes both ends of the spare ring anew, after it has given them up.
    func takeSpare() {
        spareProducer = nil
        spareConsumer = nil
        do {
            spareProducer = try spare.makeProducer()
            spareConsumer = try spare.makeConsumer()
        } catch {
            fatalError("\(error)")
        }
    }

    /// Makes frames of the packets of the burst.
    func pad() {
        burst.forEach { packet in
            if packet.length == 0 { _ = packet.append(repeating: 0x5a, count: 60) }
        }
    }

    /// Fills the caches of this lcore, so that not one more packet fits.
    func fillCaches() {
        for pool in [large, small] {
            // They hold up to one and a half times their size.
            let count = (pool.cacheSize * 3) / 2
            guard pool.allocateBulk(count, into: &third) else { fatalError("\(pool.name) has no \(count) packets") }
            third.removeAll()
        }
    }
}
