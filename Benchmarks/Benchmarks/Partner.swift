import CBaseline
import DPDKMultiProcess
import Foundation
import Synchronization

/// What the secondary is to do next.
struct Order: Codable {
    var key: Key
    /// Whether it is C's loop.
    var isBaseline: Bool
    var count: Int
    /// The first word of the elements.
    var first: UInt32 = 0
}

/// What the secondary is told first.
struct Welcome: Codable {
    var filePrefix: String
    var cpu: Int
    var firstSlot: Int
}

/// What the secondary has done.
struct Reply: Codable {
    /// How many elements it has moved.
    var count: Int
    /// How often the kernel took the CPU from it so far.
    var switches: UInt64
}

/// One side of a cell in the secondary: it prepares, waits at the gate, and returns how many elements it has moved.
typealias Assistance = (_ order: Order, _ gate: borrowing SharedGate) throws -> Int

/// Lets two processes begin at the same moment: the word is 0, then 1 when the secondary is ready, then 2.
struct SharedGate: ~Copyable {
    private let access: SharedRegion<Atomic<UInt64>>.Access

    init(_ bench: Bench) throws {
        let (region, _) = unsafe try bench.region("gate", Atomic<UInt64>(0))
        access = try region.makeAccess()
    }

    /// Called by the primary, before it orders anything.
    borrowing func close() { access.value.store(0, ordering: .releasing) }

    /// Called by the secondary: says that it is ready, and waits.
    borrowing func wait() {
        access.value.store(1, ordering: .releasing)
        while access.value.load(ordering: .acquiring) == 1 { Lcore.pause() }
    }

    /// Called by the primary: waits for the other, and lets it go.
    borrowing func open() {
        while access.value.load(ordering: .acquiring) != 1, !cbaseline_is_alone() { Lcore.pause() }
        access.value.store(2, ordering: .releasing)
    }
}

/// The secondary that this program starts of itself. It is ordered what to do through a pipe, line by line, and while
/// it has nothing to do it waits for the next line, so that it disturbs no other cell.
final class Partner {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var gate: SharedGate?

    /// How often the kernel took the CPU from it, as it said last.
    private(set) var switches: UInt64 = 0

    /// Starts the process, before DPDK pins this thread to a CPU, which the process would inherit.
    init() throws {
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = URL(
            fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        process.arguments = [Partner.option]
        process.standardInput = input
        process.standardOutput = output
        process.terminationHandler = { _ in cbaseline_set_alone(true) }
        try process.run()
    }

    /// The only argument of the secondary.
    static let option = "--as-secondary"

    /// Attaches it to the group.
    func attach(to bench: Bench) throws {
        gate = try SharedGate(bench)
        try send(
            Welcome(filePrefix: Bench.filePrefix, cpu: bench.cpus.last ?? 0, firstSlot: Int(bench.firstSlot)))
        _ = try receive()
    }

    /// Has it begin, at the same moment as the caller.
    func begin(_ order: Order) throws {
        gate?.close()
        try send(order)
        gate?.open()
        if cbaseline_is_alone() { throw Self.ended }
    }

    /// How many elements it has moved.
    func end() throws -> Int {
        let reply = try receive()
        switches = reply.switches
        return reply.count
    }

    /// Has it leave the group, and waits for that.
    func leave() {
        gate = nil
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private static let ended = BenchmarkError("the secondary has ended; what it said is on standard error")

    private func send(_ message: some Encodable) throws {
        do {
            try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(message) + Data("\n".utf8))
        } catch {
            throw Self.ended
        }
    }

    private func receive() throws -> Reply {
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            guard let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty else { throw Self.ended }
            line += more
        }
        return try JSONDecoder().decode(Reply.self, from: line)
    }
}

// MARK: - In the secondary

extension Partner {
    /// The secondary's program: does what it is ordered until its standard input ends.
    static func assist() throws {
        cbaseline_end_with_parent()
        cbaseline_remember_interrupts()
        guard let line = readLine() else { return }
        let welcome = try JSONDecoder().decode(Welcome.self, from: Data(line.utf8))
        let lcores = [LcoreAssignment(id: 2, cpus: [welcome.cpu])]
        try SecondaryProcess.run(Bench.arguments(welcome.filePrefix, lcores)) { secondary in
            let bench = Bench(secondary, on: [welcome.cpu], firstSlot: welcome.firstSlot, partner: nil)
            let gate = try SharedGate(bench)
            try reply(0)
            var current: (key: Key, assistance: Assistance)?
            while let line = readLine() {
                let order = try JSONDecoder().decode(Order.self, from: Data(line.utf8))
                if current?.key != order.key { current = (order.key, try bench.assistance(with: order.key)) }
                try reply(current?.assistance(order, gate) ?? 0)
            }
        }
    }

    private static func reply(_ count: Int) throws {
        let reply = Reply(count: count, switches: cbaseline_involuntary_switches())
        try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(reply) + Data("\n".utf8))
    }
}
