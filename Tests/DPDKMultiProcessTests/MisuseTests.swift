import Foundation
import TestSupport
import Testing

/// What must not compile, and what must.
@Suite("Misuse that the compiler refuses", .fewAtOnce)
struct MisuseTests {
    @Test func rolesAndTypesAreChecked() async throws {
        try await expectErrors(
            in: """
                import DPDKMultiProcess

                func create(_ secondary: SecondaryProcess, _ pool: PacketPool) throws {
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    _ = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    _ = try PacketPool(creating: "packets", capacity: 63, in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    _ = try SharedRegion<UInt64>(creating: "gauge", initial: 1, in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    _ = try EthPort(configuring: 0, EthPort.Configuration(), receivingInto: pool, in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try pool.destroy(in: secondary)
                }

                func change(
                    _ secondary: SecondaryProcess, _ port: EthPort, _ ring: SharedRing<UInt64>,
                    _ region: SharedRegion<UInt64>
                ) throws {
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try port.start(in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try port.stop(in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try port.close(in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try port.setPromiscuous(true, in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try port.resetStatistics(in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try ring.destroy(in: secondary)
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'PrimaryProcess'
                    try region.destroy(in: secondary)
                }

                func createInEither(_ process: DPDKProcess) throws {
                    // error: cannot convert value of type 'DPDKProcess' to expected argument type 'PrimaryProcess'
                    _ = try SharedRing<UInt64>(creating: "ticks", capacity: 7, in: process)
                }

                final class Counter: Sendable {}
                // error: has non-bitwise-copyable type 'Counter'
                struct WithClass: RingValue { var counter: Counter }
                // error: has non-bitwise-copyable type 'String'
                struct WithText: RingValue { var text: String }
                // error: has non-bitwise-copyable type
                struct WithClosure: RingValue { var body: @Sendable () -> Void }
                // error: has non-bitwise-copyable type '[UInt64]'
                struct WithArray: RingValue { var numbers: [UInt64] }
                // error: has non-bitwise-copyable type 'any Sendable'
                struct WithExistential: RingValue { var value: any Sendable }
                // error: has non-Sendable type 'UnsafeRawPointer'
                struct WithPointer: RingValue { var pointer: UnsafeRawPointer }

                struct Undeclared: BitwiseCopyable { var number: UInt64 }

                func carry(_ primary: PrimaryProcess) throws {
                    // error: does not conform to protocol 'RingElement'
                    _ = try SharedRing<Undeclared>(creating: "ring", capacity: 7, in: primary)
                    // error: type 'String' does not conform to protocol 'RingElement'
                    _ = try SharedRing<String>(creating: "ring", capacity: 7, in: primary)
                    // error: does not conform to protocol 'SharedValue'
                    _ = try SharedRegion<[UInt64]>(creating: "region", initial: [], in: primary)
                }

                func array(_ producer: consuming SharedRing<UInt64>.Producer) {
                    // error: requires that 'SharedRing<UInt64>.Producer' conform to 'Copyable'
                    let producers = [producer]
                }

                func packetsThroughValues(_ values: SharedRing<UInt64>, _ burst: inout PacketBurst) throws {
                    var producer = try values.makeProducer()
                    // error: cannot convert value of type 'PacketBurst' to expected argument type 'Span<UInt64>'
                    _ = producer.enqueueBurst(&burst)
                }

                func swapViews(_ one: inout PacketBurst, _ other: inout PacketBurst) {
                    // error: requires that 'PacketView' conform to 'Escapable'
                    swap(&one[0], &other[0])
                }

                func keepView(_ burst: inout PacketBurst) {
                    var kept: PacketView?
                    // error: implicit conversion to 'PacketView?' is consuming
                    burst.forEach { kept = $0 }
                }
                """)
    }

    @Test func ownershipIsChecked() async throws {
        try await expectErrors(
            in: """
                import DPDKMultiProcess

                // error: 'packet' consumed more than once
                func copyPacket(_ packet: consuming Packet, _ burst: inout PacketBurst) {
                    let other = packet
                    _ = burst.append(packet)
                    _ = burst.append(other)
                }

                // error: 'packet' used after consume
                func useSentPacket(_ packet: consuming Packet, _ producer: inout SharedRing<Packet>.Producer) -> Int {
                    if let back = producer.enqueue(packet) { return back.length }
                    return packet.length
                }

                func copyProducer(_ ring: SharedRing<UInt64>) throws {
                    // error: 'producer' used after consume
                    var producer = try ring.makeProducer()
                    var other = producer
                    _ = producer.enqueue(1)
                    _ = other.enqueue(2)
                }

                // error: 'burst' is borrowed and cannot be consumed
                func copyBurst(_ burst: borrowing PacketBurst) -> PacketBurst {
                    burst
                }

                func captureAndConsume(_ ring: SharedRing<UInt64>, _ worker: Lcore) throws {
                    let consumer = try ring.makeConsumer()
                    _ = try worker.run(consuming: 0) { _ in
                        // error: noncopyable 'consumer' cannot be consumed when captured by an escaping closure
                        var mine = consumer
                        _ = mine.dequeue()
                    }
                }

                func useConsumedState(_ ring: SharedRing<UInt64>, _ worker: Lcore) throws {
                    // error: 'consumer' used after consume
                    var consumer = try ring.makeConsumer()
                    let task = try worker.run(consuming: consumer) { _ in }
                    _ = consumer.dequeue()
                    _ = task.join()
                }

                // error: 'packet' used after consume
                func returnBytes(_ packet: consuming Packet) -> Int {
                    let bytes = packet.bytes
                    // error: overlapping accesses to 'packet'
                    _ = consume packet
                    return bytes.byteCount
                }

                func keepView(_ burst: inout PacketBurst) {
                    // error: missing reinitialization of inout parameter 'view' after consume
                    burst.forEach { view in
                        let kept = view
                        _ = kept.length
                    }
                }

                func exchange(_ one: inout PacketBurst, _ other: inout PacketBurst) {
                    one.forEach { view in
                        // error: missing reinitialization of inout parameter 'another' after consume
                        other.forEach { another in
                            view = another
                        }
                    }
                }
                """)
    }

    @Test func aRoleCannotBeForged() async throws {
        try await expectErrors(
            in: """
                import DPDKMultiProcess

                // error: cannot inherit from non-open class 'DPDKProcess' outside of its defining module
                final class Forged: DPDKProcess {}
                // error: inheritance from a final class 'PrimaryProcess'
                final class ForgedPrimary: PrimaryProcess {}

                func forge(_ secondary: SecondaryProcess) throws {
                    // error: 'DPDKProcess' initializer is inaccessible due to 'internal' protection level
                    _ = DPDKProcess()
                    // error: missing argument for parameter #1 in call
                    _ = try PrimaryProcess()
                    // error: cannot convert value of type 'SecondaryProcess' to expected argument type 'EALArguments'
                    _ = try PrimaryProcess(secondary)
                }
                """)
    }

    /// Compiled like a program with strict memory safety, and with warnings as errors.
    @Test func whatMustNotPassInSilenceIsDiagnosed() async throws {
        try await expectErrors(
            in: """
                import DPDKMultiProcess

                func trust(_ process: SecondaryProcess) throws {
                    // error: expression uses unsafe constructs but is not marked with 'unsafe'
                    _ = try SharedRing<Packet>(lookingUpForeign: "ring", in: process)
                    // error: expression uses unsafe constructs but is not marked with 'unsafe'
                    _ = try SharedRegion<UInt64>(lookingUpForeign: "zone", in: process)
                    // error: expression uses unsafe constructs but is not marked with 'unsafe'
                    _ = try PacketPool(lookingUpForeign: "pool", in: process)
                    // error: expression uses unsafe constructs but is not marked with 'unsafe'
                    _ = try EthPort(lookingUpForeign: "net_tap0", in: process)
                    // error: expression uses unsafe constructs but is not marked with 'unsafe'
                    _ = try EthPort(lookingUpForeign: 0, in: process)
                    _ = unsafe try PacketPool(lookingUpForeign: "pool", in: process)
                    _ = try EthPort(lookingUp: 0, in: process)
                }

                func ignore(
                    _ packet: inout Packet, _ burst: inout PacketBurst, _ pool: PacketPool,
                    _ values: inout SharedRing<UInt64>.Producer, _ packets: inout SharedRing<Packet>.Producer
                ) {
                    // error: result of call to 'store(_:at:)' is unused
                    packet.store(UInt16(0x0800), at: 12)
                    // error: result of call to 'append(repeating:count:)' is unused
                    packet.append(repeating: 0, count: 60)
                    // error: result of call to 'trimEnd' is unused
                    packet.trimEnd(4)
                    // error: result of call to 'enqueue' is unused
                    values.enqueue(1)
                    // error: result of call to 'enqueueBurst(_:upTo:)' is unused
                    packets.enqueueBurst(&burst)
                    // error: result of call to 'enqueueBulk' is unused
                    packets.enqueueBulk(&burst)
                    // error: result of call to 'allocateBulk(_:into:)' is unused
                    pool.allocateBulk(8, into: &burst)
                }
                """, "-strict-memory-safety", "-warnings-as-errors")
    }

    /// The compiler's error says what to do.
    @Test func aNoncopyableTypeStatesItsFields() async throws {
        try await expectErrors(
            in: """
                import DPDKMultiProcess
                import Synchronization

                // error: return SharedLayout.structure(of:fields:), or use a copyable structure with makeCounters(at:)
                struct Totals: ~Copyable, SharedValue { let packets = Atomic<UInt64>(0) }

                struct Stated: ~Copyable, SharedValue {
                    let packets = Atomic<UInt64>(0)
                    static func sharedLayout() throws(DPDKError) -> SharedLayout {
                        try .structure(of: Self.self, fields: [.field("packets", Atomic<UInt64>.self)])
                    }
                }

                enum Side: UInt8, CaseIterable, SharedValue { case buy, sell }
                struct Counts: SharedValue { var side: Side; var packets: UInt64 }
                """)
    }

    @Test func whatIsRightCompiles() async throws {
        try await expectErrors(
            in: """
                import DPDKMultiProcess

                struct Tick: RingValue {
                    var instrument: UInt32
                    var quantity: UInt32
                    var price: Double
                }

                func create(_ primary: PrimaryProcess) throws -> SharedRing<Tick> {
                    try SharedRing(creating: "ticks", capacity: 1023, in: primary)
                }

                func lookUp(_ process: DPDKProcess) throws -> SharedRing<Tick> {
                    try SharedRing(lookingUp: "ticks", in: process)
                }

                func either(_ launched: AutoProcess) throws {
                    switch launched {
                    case .primary(let primary): _ = try create(primary)
                    case .secondary(let secondary): _ = try lookUp(secondary)
                    }
                }

                func work(_ ring: SharedRing<Tick>, _ worker: Lcore) throws {
                    let consumer = try ring.makeConsumer()
                    let task = try worker.run(consuming: consumer) { consumer in
                        while let tick = consumer.dequeue() { if tick.price < 0 { break } }
                    }
                    var back = task.join()
                    _ = back.dequeue()
                }

                func packets(_ pool: PacketPool, _ ring: SharedRing<Packet>, _ process: DPDKProcess) throws {
                    var burst = try PacketBurst(capacity: 32, in: process)
                    guard pool.allocateBulk(8, into: &burst), let packet = try burst.popFirst() else { return }
                    var producer = try ring.makeProducer()
                    if let back = producer.enqueue(packet) { _ = burst.append(back) }
                    burst.forEach { view in view.append(repeating: 0, count: 60) }
                    _ = producer.enqueueBurst(&burst)
                }
                """)
    }

    /// Compiles a file like a program that depends on the package.
    ///
    /// The line after a comment `// error: TEXT` must have an error with that text. No other line may have an error.
    private func expectErrors(in source: String, _ flags: String...) async throws {
        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "Program.swift")
        try Data(source.utf8).write(to: file)
        let (ending, output) = try await Compiler.compile(file, flags)

        var isWrong = false
        var found: [Int: [String]] = [:]
        for line in output.split(separator: "\n") {
            // …/Program.swift:4:68: error: cannot convert …
            guard let match = line.firstMatch(of: /Program\.swift:(\d+):\d+: error: (.*)/), let number = Int(match.1)
            else {
                #expect(!line.hasPrefix("<unknown>:0: error") && !line.hasPrefix("error:"), "\(line)")
                continue
            }
            found[number, default: []].append(String(match.2))
        }
        for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.trimmingPrefix(while: { $0 == " " }).hasPrefix("// error: ") else { continue }
            let text = line.trimmingPrefix(while: { $0 == " " }).dropFirst("// error: ".count)
            isWrong = true
            let errors = found.removeValue(forKey: index + 2) ?? []
            #expect(errors.contains { $0.contains(text) }, "line \(index + 2) has \(errors) in place of: \(text)")
        }
        #expect(ending == .status(isWrong ? 1 : 0), "\(output)")
        #expect(found.isEmpty, "errors that are not expected: \(found)\n\(output)")
    }
}
