import DPDKMultiProcess
import Synchronization
import TestSupport
import Testing

/// Sends into a `net_ring` port, which holds up to 1 023 packets until they are received, and then takes no more.
@Suite("Sending", .serialized, .fewAtOnce)
struct TransmitBufferTests {
    @Test func aQueueLeavesWhatItDoesNotTake() async {
        await #expect(processExitsWith: .success) {
            try withRingPort { primary, port, pool in
                var queue = try port.makeTransmitQueue(0)
                var burst = try PacketBurst(capacity: 1_030, in: primary)
                try fill(&burst, Array(0..<1_030), from: pool)
                check(queue.transmitBurst(&burst), is: 1_023)
                check(numbers(&burst), is: Array(1_023..<1_030))
                check(queue.transmitBurst(&burst), is: 0)
                var receiving = try port.makeReceiveQueue(0)
                var received = try PacketBurst(capacity: 4, in: primary)
                check(receiving.receiveBurst(into: &received), is: 4)
                check(numbers(&received), is: [0, 1, 2, 3])
                check(queue.transmitBurst(&burst), is: 4)
                check(numbers(&burst), is: [1_027, 1_028, 1_029])
                check(pool.inUseCount, is: 1_030)
            }
        }
    }

    @Test func dropsWhatIsNotTaken() async {
        await #expect(processExitsWith: .success) {
            try withRingPort { primary, port, pool in
                var buffer = try TransmitBuffer(queue: try port.makeTransmitQueue(0), capacity: 8, in: primary)
                check(buffer.portID == 0 && buffer.count == 0 && buffer.flush() == 0)
                // Added one by one, the eighth packet sends them all.
                for number in UInt32(0)..<1_016 {
                    check(buffer.append(try numbered(number, from: pool)), is: number % 8 == 7 ? 8 : 0)
                    check(buffer.count, is: Int(number + 1) % 8)
                }
                check(buffer.transmittedCount == 1_016 && buffer.droppedCount == 0)
                // Seven more fit.
                for number in UInt32(1_016)..<1_023 { check(buffer.append(try numbered(number, from: pool)), is: 0) }
                check(buffer.append(try numbered(1_023, from: pool)), is: 7)
                check(buffer.count == 0 && buffer.transmittedCount == 1_023 && buffer.droppedCount == 1)
                check(pool.inUseCount, is: 1_023)
                // A burst that would fill the buffer is sent at once. A smaller one is kept in the buffer.
                var burst = try PacketBurst(capacity: 32, in: primary)
                try fill(&burst, Array(0..<20), from: pool)
                check(buffer.append(from: &burst), is: 0)
                check(burst.isEmpty && buffer.count == 0 && buffer.droppedCount == 21)
                try fill(&burst, Array(0..<3), from: pool)
                check(buffer.append(from: &burst), is: 0)
                check(burst.isEmpty && buffer.count == 3 && buffer.droppedCount == 21)
                check(pool.inUseCount, is: 1_026)
                try receive(10, from: port, in: primary)
                // 3 + 5 fill the buffer. 15 are sent at once as one burst, of which 2 fit. The buffer stays empty.
                try fill(&burst, Array(0..<20), from: pool)
                check(buffer.append(from: &burst), is: 10)
                check(buffer.count, is: 0)
                check(buffer.transmittedCount == 1_033 && buffer.droppedCount == 34)
                try fill(&burst, Array(0..<4), from: pool)
                try receive(1, from: port, in: primary)
                check(buffer.append(from: &burst), is: 0)
                check(buffer.flush(), is: 1)
                check(buffer.count == 0 && buffer.transmittedCount == 1_034 && buffer.droppedCount == 37)
                check(pool.inUseCount, is: 1_023)
            }
        }
    }

    @Test func orderIsKeptThroughABuffer() async {
        await #expect(processExitsWith: .success) {
            try withRingPort { primary, port, pool in
                var buffer = try TransmitBuffer(queue: try port.makeTransmitQueue(0), capacity: 8, in: primary)
                var burst = try PacketBurst(capacity: 64, in: primary)
                var next: UInt32 = 0
                for count in [3, 8, 1, 20, 5, 40, 7, 9] as [UInt32] {
                    try fill(&burst, (0..<count).map { next + $0 }, from: pool)
                    next += count
                    buffer.append(from: &burst)
                }
                buffer.flush()
                check(buffer.transmittedCount, is: UInt64(next))
                var receiving = try port.makeReceiveQueue(0)
                var received = try PacketBurst(capacity: 128, in: primary)
                check(receiving.receiveBurst(into: &received), is: Int(next))
                check(numbers(&received), is: Array(0..<next))
            }
        }
    }

    @Test func triesAgainAsOftenAsItWasTold() async {
        await #expect(processExitsWith: .success) {
            try withRingPort(lcores: 2) { primary, port, pool in
                var buffer = try TransmitBuffer(
                    queue: try port.makeTransmitQueue(0), capacity: 32, whenFull: .retry(3), in: primary)
                var burst = try PacketBurst(capacity: 1_023, in: primary)
                try fill(&burst, Array(0..<1_023), from: pool)
                check(buffer.append(from: &burst), is: 1_023)
                try fill(&burst, Array(0..<40), from: pool)
                check(buffer.append(from: &burst), is: 0)
                check(buffer.transmittedCount == 1_023 && buffer.droppedCount == 40)

                // A patient buffer, while another thread receives the packets.
                _ = consume buffer
                var patient = try TransmitBuffer(
                    queue: try port.makeTransmitQueue(0), capacity: 32, whenFull: .retry(.max), in: primary)
                let receiving = Receiver(
                    queue: try port.makeReceiveQueue(0), burst: try PacketBurst(capacity: 7, in: primary), count: 0)
                let task = try primary.workers[0].run(consuming: receiving) { receiver in
                    while receiver.count < 1_023 + 2_000 {
                        receiver.count += receiver.queue.receiveBurst(into: &receiver.burst)
                        receiver.burst.removeAll()
                    }
                }
                for number in UInt32(0)..<2_000 { patient.append(try numbered(number, from: pool)) }
                patient.flush()
                check(task.join().count, is: 3_023)
                check(patient.transmittedCount == 2_000 && patient.droppedCount == 0)
                check(pool.inUseCount, is: 0)
            }
        }
    }

    @Test func handsOverWhatIsNotTaken() async {
        await #expect(processExitsWith: .success) {
            try withRingPort { primary, port, pool in
                let shared = Handed()
                var buffer = try TransmitBuffer(
                    queue: try port.makeTransmitQueue(0), capacity: 16,
                    whenFull: .hand { burst in
                        shared.seen.withLock { $0.append(numbers(&burst)) }
                        burst.removeFirst(5)
                    }, in: primary)
                var burst = try PacketBurst(capacity: 1_023, in: primary)
                try fill(&burst, Array(0..<1_020), from: pool)
                check(buffer.append(from: &burst), is: 1_020)
                check(shared.seen.withLock { $0 }, is: [])
                for number in UInt32(0)..<16 { buffer.append(try numbered(number, from: pool)) }
                // Three fit. Of thirteen, the handler freed five, and eight were freed afterwards.
                check(shared.seen.withLock { $0 }, is: [Array(3..<16)])
                check(buffer.transmittedCount == 1_023 && buffer.droppedCount == 8 && buffer.count == 0)
                check(pool.inUseCount, is: 1_023)
            }
        }
    }

    @Test func whatIsGatheredIsFreedWithTheBuffer() async {
        await #expect(processExitsWith: .success) {
            try withRingPort { primary, port, pool in
                for capacity in [0, -1, 16_385, .max] {
                    refusal(.invalidSize) {
                        _ = try TransmitBuffer(queue: try port.makeTransmitQueue(0), capacity: capacity, in: primary)
                    }
                }
                do {
                    var buffer = try TransmitBuffer(queue: try port.makeTransmitQueue(0), capacity: 16, in: primary)
                    for number in UInt32(0)..<5 { buffer.append(try numbered(number, from: pool)) }
                    check(buffer.count == 5 && pool.inUseCount == 5)
                    check(try pool.packetsHeld() == [primary.identity: 5])
                    refusal(.endpointInUse) { _ = try port.makeTransmitQueue(0) }
                    let error = refusal(.inUse) { try primary.shutdown() }
                    check(error?.message.contains("a transmit buffer") ?? false)
                }
                check(pool.inUseCount, is: 0)
                // The queue can be taken again, and no packet was sent.
                let queue = try port.makeTransmitQueue(0)
                check(queue.index, is: 0)
                check(try port.statistics().transmittedPackets, is: 0)
            }
        }
    }
}

private struct Receiver: ~Copyable {
    var queue: ReceiveQueue
    var burst: PacketBurst
    var count: Int
}

private final class Handed: Sendable {
    let seen = Mutex<[[UInt32]]>([])
}

/// Runs `body` in a primary with a started `net_ring` port of one receive and one transmit queue.
private func withRingPort(
    lcores: Int = 1, _ body: (PrimaryProcess, EthPort, PacketPool) throws -> Void
) throws {
    try asPrimary(devices: ["net_ring0"], lcores: lcores) { primary in
        let pool = try numberedPool(2_047, in: primary)
        let port = try EthPort(configuring: "net_ring0", receivingInto: pool, in: primary)
        try port.start(in: primary)
        try body(primary, port, pool)
        // Packets that are still in the port come back.
        try receive(.max, from: port, in: primary)
        check(pool.inUseCount, is: 0)
    }
}

/// Receives and frees at most this many packets.
private func receive(_ count: Int, from port: EthPort, in primary: PrimaryProcess) throws {
    var queue = try port.makeReceiveQueue(0)
    var burst = try PacketBurst(capacity: 32, in: primary)
    var left = count
    while left > 0 {
        let received = queue.receiveBurst(into: &burst, upTo: left)
        guard received > 0 else { return }
        left -= received
        burst.removeAll()
    }
}
