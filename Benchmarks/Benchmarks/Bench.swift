import CBaseline
import DPDKMultiProcess
import Glibc

/// What the workloads run on: a group of its own, with one thread pinned to each CPU. The secondary that the program
/// starts of itself has one as well, for its side of the workloads.
struct Bench {
    /// This process, which has made the objects if it is the primary, and looks them up otherwise.
    let process: DPDKProcess
    let cpus: [Int]
    /// The slot of the ring that each repetition begins with.
    let firstSlot: UInt32
    /// The secondary, if there are cells that take it.
    let partner: Partner?
    /// The pairs of a server and clients, if there are cells that take them.
    var pairs: ClientServer?
    /// C's program that attaches, if there are cells that take it.
    var attach: CPrograms?

    static var filePrefix: String { "benchmarks-\(getpid())" }

    /// Starts DPDK as the primary with this thread on the first CPU and a worker on each other one.
    init(on cpus: [Int], firstSlot: Int, partner: Partner?) throws {
        let lcores = cpus.enumerated().map { LcoreAssignment(id: $0.offset, cpus: [$0.element]) }
        self.init(
            try PrimaryProcess(Self.arguments(Self.filePrefix, lcores)), on: cpus, firstSlot: firstSlot,
            partner: partner)
    }

    init(_ process: DPDKProcess, on cpus: [Int], firstSlot: Int, partner: Partner?) {
        self.process = process
        self.cpus = cpus
        self.firstSlot = UInt32(firstSlot)
        self.partner = partner
    }

    static func arguments(_ filePrefix: String, _ lcores: [LcoreAssignment]) -> EALArguments {
        EALArguments(
            filePrefix: filePrefix, lcores: lcores, usesPCI: false, logLevels: ["error"], usesTelemetry: false)
    }

    /// The thread on the other CPU.
    func worker() throws -> Lcore {
        guard let worker = process.workers.first else { throw BenchmarkError("there is no second CPU") }
        return worker
    }

    /// An object, which a primary makes at the first use.
    private func object<Object>(
        creating: (PrimaryProcess) throws(DPDKError) -> Object, lookingUp: () throws(DPDKError) -> Object
    ) throws -> Object {
        guard let primary = process as? PrimaryProcess else { return try lookingUp() }
        do throws(DPDKError) {
            return try creating(primary)
        } catch {
            guard error.code == .nameTaken else { throw error }
            return try lookingUp()
        }
    }

    /// The ring for elements of a type and its C handle.
    /// - Parameter suffix: What tells it from another of the type and capacity.
    func ring<Element: RingElement & ~Copyable>(
        of type: Element.Type, capacity: Int, _ access: Key.Access? = nil, suffix: String = ""
    ) throws -> (SharedRing<Element>, OpaquePointer) {
        let kind = access.map { "-\($0.rawValue)" } ?? ""
        let name = (Element.Slot.self == Packet.Slot.self ? "packets" : "\(type)") + "-\(capacity)\(kind)\(suffix)"
        let mode = access?.ringAccess ?? .exclusive
        let ring = try object { (primary) throws(DPDKError) in
            try SharedRing<Element>(creating: name, capacity: capacity, producers: mode, consumers: mode, in: primary)
        } lookingUp: { () throws(DPDKError) in
            try SharedRing<Element>(lookingUp: name, in: process)
        }
        guard let raw = unsafe cbaseline_ring_lookup(name) else { throw BenchmarkError("C does not find \(name)") }
        return unsafe (ring, raw)
    }

    /// The packet pool and its C handle.
    func packetPool() throws -> (PacketPool, OpaquePointer) {
        let name = "packets"
        let pool = try object { (primary) throws(DPDKError) in
            try PacketPool(creating: name, capacity: 8_191, in: primary)
        } lookingUp: { () throws(DPDKError) in
            try PacketPool(lookingUp: name, in: process)
        }
        guard let raw = unsafe cbaseline_pool_lookup(name) else { throw BenchmarkError("C does not find \(name)") }
        return unsafe (pool, raw)
    }

    /// A region and where C has it.
    func region<Value: SharedValue & ~Copyable>(
        _ name: String, _ initial: @autoclosure () -> Value
    ) throws -> (SharedRegion<Value>, UnsafeMutableRawPointer) {
        let region = try object { (primary) throws(DPDKError) in
            try SharedRegion(creating: name, initial: initial(), in: primary)
        } lookingUp: { () throws(DPDKError) in
            try SharedRegion<Value>(lookingUp: name, in: process)
        }
        guard let raw = unsafe cbaseline_region_lookup(name) else { throw BenchmarkError("C does not find \(name)") }
        return unsafe (region, raw)
    }

    /// How often the kernel took the CPU from a thread that measures.
    var involuntarySwitches: UInt64 { cbaseline_involuntary_switches() &+ (partner?.switches ?? 0) }
}

// MARK: - The cells

extension Bench {
    /// The loops of a cell.
    func workload(for key: Key) throws -> Workload {
        switch (key.work, key.place) {
        case (.lookup, _), (.lookupAmongPools, _): try attach(key)
        case (.instructions, _): try instructions(key)
        case (.bothOurs, _): try clientServer(key, .both)
        case (.serverOurs, _): try clientServer(key, .server)
        case (.clientOurs, _): try clientServer(key, .client)
        case (.inPlace, .oneCPU): try inPlace(key)
        case (.inPlace, _): try inPlaceOnTwoCPUs(key)
        case (.packetsAround, _): try key.access.map { try sharedPacketsAround(key, $0) } ?? packetsAround(key)
        case (.packetsThrough, .oneCPU): try packetsThroughOnOneCPU(key)
        case (.packetsThrough, .twoCPUs): try packetsThroughOnTwoCPUs(key)
        case (.packetsThrough, _): try packetsFromPartner(key)
        case (.packetsEach, _): try packetsEach(key)
        case (.pool, _): try pool(key)
        case (.poolSingle, _): try poolSingle(key)
        case (.counter, _): try counter(key)
        case (.counters, _):
            switch key.burst {
            case 1: try counters(key, in: CounterTable<1>.self)
            case 8: try counters(key, in: CounterTable<8>.self)
            default: try counters(key, in: CounterTable<64>.self)
            }
        case (.snapshotRead, _), (.snapshotWrite, _):
            switch key.elementSize {
            case 8: try snapshots(key, of: InlineArray<1, UInt64>.self)
            case 64: try snapshots(key, of: InlineArray<8, UInt64>.self)
            default: try snapshots(key, of: InlineArray<64, UInt64>.self)
            }
        case (.roundTrip, _):
            key.elementSize == 8 ? try roundTrips(key, of: UInt64.self) : try roundTrips(key, of: Element64.self)
        case (.burst, _), (.bulk, _), (.single, _):
            switch key.elementSize {
            case 4: try values(key, of: UInt32.self)
            case 16: try values(key, of: Element16.self)
            case 64: try values(key, of: Element64.self)
            default: try values(key, of: UInt64.self)
            }
        }
    }

    private func values<Element: RingValue>(_ key: Key, of type: Element.Type) throws -> Workload {
        switch (key.place, key.access) {
        case (.oneCPU, nil), (.growth, _): try oneCPU(key, of: type)
        case (.oneCPU, let access?): try sharedOnOneCPU(key, access)
        case (.twoCPUs, nil): try twoCPUs(key, of: type)
        case (.twoCPUs, let access?): try sharedOnTwoCPUs(key, access)
        case (.twoProcesses, _): try valuesFromPartner(key, of: type)
        case (.attach, _), (.clientServer, _): throw BenchmarkError("\(key) moves no values")
        }
    }

    /// A cell of a server and clients, beside C's: a repetition is a while in which they run.
    private func clientServer(_ key: Key, _ side: ClientServer.Side) throws -> Workload {
        guard let pairs else { throw BenchmarkError("there are no pairs") }
        let clients = key.count ?? 1
        return Workload(
            key: key, ours: { _ in try pairs.measure(side, clients: clients) },
            baseline: { _ in try pairs.measure(.none, clients: clients) })
    }

    /// A cell of the instructions that a server executes for a packet, as if each were a nanosecond.
    private func instructions(_ key: Key) throws -> Workload {
        guard let pairs else { throw BenchmarkError("there are no pairs") }
        let clients = key.count ?? 1
        let ticks = Machine.measureTicksPerNanosecond()
        func count(_ side: ClientServer.Side) throws -> Workload.Outcome {
            let outcome = try pairs.count(side, clients: clients)
            return Workload.Outcome(ticks: UInt64(Double(outcome.ticks) * ticks), elements: outcome.elements)
        }
        return Workload(key: key, ours: { _ in try count(.both) }, baseline: { _ in try count(.none) })
    }

    /// This process's side of a cell of two processes, if it is the secondary.
    func assistance(with key: Key) throws -> Assistance {
        switch (key.work, key.elementSize) {
        case (.packetsThrough, _): try packetsToPartner(key)
        case (.roundTrip, 8): try echo(key, of: UInt64.self)
        case (.roundTrip, _): try echo(key, of: Element64.self)
        case (_, 4): try valuesToPartner(key, of: UInt32.self)
        case (_, 16): try valuesToPartner(key, of: Element16.self)
        case (_, 64): try valuesToPartner(key, of: Element64.self)
        default: try valuesToPartner(key, of: UInt64.self)
        }
    }
}
