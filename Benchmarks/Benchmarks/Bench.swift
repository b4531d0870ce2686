import CBaseline
import DPDKMultiProcess
import Glibc

/// What the workloads run on: a group of its own, with one thread pinned to each CPU.
struct Bench {
    let primary: PrimaryProcess
    let cpus: [Int]

    /// The sizes of rings: how many elements they hold.
    static let ringSizes = [128, 1_024, 4_096]

    /// The sizes of bursts; one larger than the ring is left out.
    static func burstSizes(upTo ring: Int) -> [Int] {
        [1, 2, 4, 8, 16, 32, 64, 128, 256].filter { $0 <= ring }
    }

    /// Starts DPDK with this thread on the first CPU and a worker on each other one.
    init(on cpus: [Int]) throws {
        self.cpus = cpus
        let lcores = cpus.enumerated().map { LcoreAssignment(id: $0.offset, cpus: [$0.element]) }
        primary = try PrimaryProcess(
            EALArguments(
                filePrefix: "benchmarks-\(getpid())", lcores: lcores, usesPCI: false, logLevels: ["error"],
                telemetry: false))
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

// MARK: - All of it

extension Bench {
    /// All cells, in the order in which they are shown.
    func workloads(elementSizes: [Int]) throws -> [Workload] {
        var all: [Workload] = []
        for size in elementSizes {
            for work in [Key.Work.burst, .bulk, .single] {
                for ring in Self.ringSizes { all += try oneCPU(work, elementSize: size, ring: ring) }
            }
        }
        for ring in Self.ringSizes { all += try inPlaceOnOneCPU(ring: ring) }
        for work in [Key.Work.packetsAround, .packetsThrough] {
            all += try packetsOnOneCPU(work, ring: 1_024)
        }
        all += try packetsEach()
        guard cpus.count > 1 else { return all }
        for size in elementSizes {
            for ring in Self.ringSizes { all += try twoCPUs(elementSize: size, ring: ring) }
        }
        for ring in Self.ringSizes { all += try packetsOnTwoCPUs(ring: ring) }
        return all
    }

    private func oneCPU(_ work: Key.Work, elementSize: Int, ring: Int) throws -> [Workload] {
        switch elementSize {
        case 16: try oneCPU(work, of: Element16.self, ring: ring)
        case 64: try oneCPU(work, of: Element64.self, ring: ring)
        default: try oneCPU(work, of: UInt64.self, ring: ring)
        }
    }

    private func twoCPUs(elementSize: Int, ring: Int) throws -> [Workload] {
        switch elementSize {
        case 16: try twoCPUs(of: Element16.self, ring: ring)
        case 64: try twoCPUs(of: Element64.self, ring: ring)
        default: try twoCPUs(of: UInt64.self, ring: ring)
        }
    }
}
