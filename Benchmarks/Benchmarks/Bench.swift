import CBaseline
import DPDKMultiProcess
import Glibc

/// What the workloads run on: a group of its own, with one thread pinned to each CPU.
struct Bench {
    let primary: PrimaryProcess
    let cpus: [Int]
    /// The slot of the ring that each repetition begins with.
    let firstSlot: UInt32

    /// Starts DPDK with this thread on the first CPU and a worker on each other one.
    init(on cpus: [Int], firstSlot: Int) throws {
        self.cpus = cpus
        self.firstSlot = UInt32(firstSlot)
        let lcores = cpus.enumerated().map { LcoreAssignment(id: $0.offset, cpus: [$0.element]) }
        primary = try PrimaryProcess(
            EALArguments(
                filePrefix: "benchmarks-\(getpid())", lcores: lcores, usesPCI: false, logLevels: ["error"],
                usesTelemetry: false))
    }

    /// The thread on the other CPU.
    func worker() throws -> Lcore {
        guard let worker = primary.workers.first else { throw BenchmarkError("there is no second CPU") }
        return worker
    }

    /// The ring for elements of a type and its C handle, made at the first use.
    func ring<Element: RingElement & ~Copyable>(
        of type: Element.Type, capacity: Int
    ) throws -> (SharedRing<Element>, OpaquePointer) {
        let name = Element.Slot.self == Packet.Slot.self ? "packets-\(capacity)" : "\(type)-\(capacity)"
        let ring: SharedRing<Element>
        do throws(DPDKError) {
            ring = try SharedRing(creating: name, capacity: capacity, in: primary)
        } catch {
            guard error.code == .nameTaken else { throw error }
            ring = try SharedRing(lookingUp: name, in: primary)
        }
        guard let raw = unsafe cbaseline_ring_lookup(name) else { throw BenchmarkError("C does not find \(name)") }
        return unsafe (ring, raw)
    }

    /// The packet pool and its C handle, made at the first use.
    func packetPool() throws -> (PacketPool, OpaquePointer) {
        let name = "packets"
        let pool: PacketPool
        do throws(DPDKError) {
            pool = try PacketPool(creating: name, capacity: 8_191, in: primary)
        } catch {
            guard error.code == .nameTaken else { throw error }
            pool = try PacketPool(lookingUp: name, in: primary)
        }
        guard let raw = unsafe cbaseline_pool_lookup(name) else { throw BenchmarkError("C does not find \(name)") }
        return unsafe (pool, raw)
    }
}

// MARK: - The cells

extension Bench {
    /// The loops of a cell.
    func workload(for key: Key) throws -> Workload {
        switch (key.work, key.place) {
        case (.inPlace, _): try inPlace(key)
        case (.packetsAround, _): try packetsAround(key)
        case (.packetsThrough, .oneCPU): try packetsThroughOnOneCPU(key)
        case (.packetsThrough, .twoCPUs): try packetsThroughOnTwoCPUs(key)
        case (.packetsEach, _): try packetsEach(key)
        case (.burst, _), (.bulk, _), (.single, _):
            switch key.elementSize {
            case 16: try values(key, of: Element16.self)
            case 64: try values(key, of: Element64.self)
            default: try values(key, of: UInt64.self)
            }
        }
    }

    private func values<Element: RingValue>(_ key: Key, of type: Element.Type) throws -> Workload {
        switch key.place {
        case .oneCPU: try oneCPU(key, of: type)
        case .twoCPUs: try twoCPUs(key, of: type)
        }
    }
}
