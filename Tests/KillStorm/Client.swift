import CDPDK
import DPDKMultiProcess
import Glibc
import Synchronization

/// A client: it takes the packets of its ring, and does with them all that the library offers, in an order that the
/// seed decides. Each step begins and ends with nothing in hand, but for `stash` and the transmit buffer.
struct Client: ~Copyable {
    let options: ClientOptions
    let board: SharedRegion<Board>.Access
    let pool: PacketPool
    var incoming: SharedRing<Packet>.Consumer
    var outgoing: SharedRing<Packet>.Producer
    var buffer: TransmitBuffer
    var queue: TransmitQueue
    /// A `net_tap` device's queue cannot be received from in a secondary.
    var receiver: ReceiveQueue?
    /// What a step works on.
    var burst: PacketBurst
    var parts: InlineArray<2, PacketBurst>
    /// Packets that are held over many steps.
    var stash: PacketBurst
    var random: Generator
    /// The number of the next packet of this client's own.
    var sequence: UInt64
}

extension Client {
    init(_ options: ClientOptions, in secondary: SecondaryProcess) throws {
        let number = options.number
        let board = try SharedRegion<Board>(lookingUp: Names.board, in: secondary).makeAccess()
        board.value.desks[number].phase.store(Phase.attached.rawValue, ordering: .relaxed)
        let ports = try (0...1).map { try EthPort(lookingUp: $0, in: secondary) }
        try self.init(
            options: options, board: board, pool: PacketPool(lookingUp: Names.pool, in: secondary),
            incoming: SharedRing(lookingUp: Names.ring(to: number), in: secondary).makeConsumer(),
            outgoing: SharedRing(lookingUp: Names.ring(from: number), in: secondary).makeProducer(),
            buffer: TransmitBuffer(queue: ports[0].makeTransmitQueue(number), in: secondary),
            queue: ports[1].makeTransmitQueue(number),
            receiver: options.traffic == .null ? ports[0].makeReceiveQueue(number) : nil,
            burst: PacketBurst(capacity: 64, in: secondary),
            parts: InlineArray { _ in try PacketBurst(capacity: 64, in: secondary) },
            stash: PacketBurst(capacity: 128, in: secondary), random: Generator(seed: options.seed),
            // Above all numbers of the incarnations before, which had less than 2⁴⁰ each.
            sequence: UInt64(options.incarnation) << 40)
    }

    /// Works until it is asked to leave.
    mutating func run(in secondary: SecondaryProcess) {
        let number = options.number
        board.value.desks[number].ready.store(options.incarnation, ordering: .releasing)
        while !shouldLeave(secondary),
            board.value.desks[number].mayRun.load(ordering: .acquiring) != options.incarnation
        {
            sched_yield()
        }
        var idle = Idle(.yield)
        var before = cdpdk_monotonic_nanoseconds()
        while !shouldLeave(secondary) {
            let order = board.value.order.load(ordering: .acquiring)
            if order % 2 == 1 {
                rest(order, secondary)
                before = cdpdk_monotonic_nanoseconds()
            }
            let count = step()
            board.value.desks[number].steps.wrappingAdd(1, ordering: .relaxed)
            let now = cdpdk_monotonic_nanoseconds()
            if now - before > board.value.desks[number].longestPause.load(ordering: .relaxed) {
                board.value.desks[number].longestPause.store(now - before, ordering: .relaxed)
            }
            before = now
            if count == 0 { enter(.looking) }
            idle.rest(afterFinding: count)
        }
        letGo()
        enter(.leaving)
    }

    private func shouldLeave(_ secondary: SecondaryProcess) -> Bool {
        StopSignal.isRaised || secondary.isGroupEnding
            || board.value.desks[options.number].mustLeave.load(ordering: .relaxed) == options.incarnation
    }

    /// Waits with nothing in hand until the primary has counted.
    private mutating func rest(_ order: UInt32, _ secondary: SecondaryProcess) {
        letGo()
        enter(.resting)
        board.value.desks[options.number].resting.store(order, ordering: .releasing)
        while !shouldLeave(secondary), board.value.order.load(ordering: .acquiring) == order { sched_yield() }
    }

    /// Frees or transmits all that is in hand.
    private mutating func letGo() {
        enter(.flush)
        buffer.flush()
        enter(.freeAll)
        stash.removeAll()
        enter(.checking)
    }

    /// Says what comes next.
    func enter(_ phase: Phase) {
        let held = burst.count + parts[0].count + parts[1].count + stash.count + buffer.count
        board.value.desks[options.number].inHand.store(UInt32(held), ordering: .relaxed)
        board.value.desks[options.number].phase.store(phase.rawValue, ordering: .relaxed)
    }
}
