import DPDKMultiProcess

/// What is measured: one cell of a table.
struct Key: Codable, Hashable, CustomStringConvertible {
    enum Place: String, Codable {
        case oneCPU = "one-cpu"
        case twoCPUs = "two-cpus"
        case twoProcesses = "two-processes"
        case attach
        case clientServer = "client-server"
        case growth

        var title: String {
            switch self {
            case .oneCPU: "One CPU"
            case .twoCPUs: "Two CPUs"
            case .twoProcesses: "Two processes"
            case .attach: "Attaching"
            case .clientServer: "Client and server"
            case .growth: "Growth"
            }
        }
    }

    /// How the ends of a ring are shared; nothing is said of exclusive ones.
    enum Access: String, Codable, CaseIterable {
        case multiple = "mp-mc"
        case relaxedTailSync = "rts"
        case headTailSync = "hts"

        var ringAccess: RingAccess {
            switch self {
            case .multiple: .multiple
            case .relaxedTailSync: .relaxedTailSync
            case .headTailSync: .headTailSync
            }
        }
    }

    /// How often the exclusive ends of a ring look at each other; nothing is said of those that look at once.
    enum Pacing: String, Codable {
        case throughput
    }

    /// What one round does. The C counterpart of each is in CBaseline.
    enum Work: String, Codable {
        case burst, bulk, single
        case inPlace = "in-place"
        case packetsAround = "packets-around"
        case packetsThrough = "packets-through"
        case packetsEach = "packets-each"
        case pool
        case poolSingle = "pool-single"
        case counter, counters
        case snapshotRead = "snapshot-read"
        case snapshotWrite = "snapshot-write"
        case roundTrip = "round-trip"
        case lookup
        case lookupAmongPools = "lookup-among-pools"
        case instructions
        case bothOurs = "both"
        case serverOurs = "server"
        case clientOurs = "client"

        func explanation(_ access: Access?) -> String {
            switch self {
            case .burst:
                switch access {
                case nil: "as many as fit (rte_ring_sp_enqueue_burst_elem, rte_ring_sc_dequeue_burst_elem)"
                case .multiple: "MP/MC (rte_ring_mp_enqueue_burst_elem, rte_ring_mc_dequeue_burst_elem)"
                case .relaxedTailSync: "RTS (rte_ring_mp_rts_enqueue_burst_elem, rte_ring_mc_rts_dequeue_burst_elem)"
                case .headTailSync: "HTS (rte_ring_mp_hts_enqueue_burst_elem, rte_ring_mc_hts_dequeue_burst_elem)"
                }
            case .bulk: "all or nothing (rte_ring_sp_enqueue_bulk_elem, rte_ring_sc_dequeue_bulk_elem)"
            case .single: "one by one (rte_ring_sp_enqueue_elem, rte_ring_sc_dequeue_elem)"
            case .inPlace: "written and read in the ring (rte_ring_enqueue_zc_burst_elem_start, …)"
            case .packetsAround:
                "from a burst through the ring and back (against an array of mbufs)"
                    + (access.map { ", \($0.rawValue)" } ?? "")
            case .packetsThrough: "allocated, enqueued, dequeued, freed (against an array of mbufs)"
            case .packetsEach: "the type of each read where it is (forEach, against a loop over mbufs)"
            case .pool: "allocated and freed (rte_pktmbuf_alloc_bulk, rte_pktmbuf_free_bulk)"
            case .poolSingle: "allocated and freed one by one (rte_pktmbuf_alloc, rte_pktmbuf_free)"
            case .counter: "SharedCounter.add (a relaxed load and a relaxed store)"
            case .counters: "Counters.add(_:at:) (a relaxed load and a relaxed store)"
            case .snapshotRead: "copied out of a region (relaxed loads)"
            case .snapshotWrite: "copied into a region (relaxed stores)"
            case .roundTrip: "there and back through two rings, one by one (rte_ring_sp_enqueue_elem, …)"
            case .lookup:
                "a start until a ring and a pool are found (rte_eal_init, rte_ring_lookup, rte_mempool_lookup)"
            case .lookupAmongPools: "the same, where there are many pools"
            case .instructions: "instructions of mp_server for each (DPDK's own server)"
            case .bothOurs: "mp_server and mp_client (DPDK's own pair)"
            case .serverOurs: "mp_server with DPDK's client (DPDK's own pair)"
            case .clientOurs: "DPDK's server with mp_client (DPDK's own pair)"
            }
        }

        /// What a key counts.
        var countName: String {
            switch self {
            case .lookup: "objects"
            case .lookupAmongPools: "pools"
            default: "clients"
            }
        }

        /// What is moved, for the heading.
        func elements(of bytes: Int) -> String {
            switch self {
            case .counter, .counters: "counters of a region"
            case .snapshotRead, .snapshotWrite: "values of \(bytes) bytes"
            case .lookup, .lookupAmongPools: "a secondary"
            default: bytes > 0 ? "\(bytes)-byte elements" : "packets"
            }
        }
    }

    var place: Place
    var work: Work
    /// Bytes of an element; 0 for packets.
    var elementSize = 0
    /// How the ring's ends are shared; nil if they are exclusive, or if there is no ring.
    var access: Access?
    /// How its exclusive ends are paced; nil for `.latency`.
    var pacing: Pacing?
    /// How many elements the ring holds; 0 where there is none.
    var ring = 0
    var burst: Int
    /// How many objects the group has, or how many clients; nil where cells have a size of a burst.
    var count: Int?

    /// The name that `--filter` looks at, for instance `one-cpu/burst/8B/ring=1024/burst=32`.
    var description: String {
        if let count { return "\(group)/\(work.countName)=\(count)" }
        return group.description + (ring > 0 ? "/ring=\(ring)" : "") + "/burst=\(burst)"
    }

    /// What the cells of one table have in common.
    var group: Group {
        Group(place: place, work: work, elementSize: elementSize, access: access, pacing: pacing)
    }

    /// The pacing of exclusive ends.
    var ringPacing: RingPacing { pacing == nil ? .latency : .throughput }

    struct Group: Hashable, CustomStringConvertible {
        var place: Place
        var work: Work
        var elementSize: Int
        var access: Access?
        var pacing: Pacing?

        /// The name without the place.
        var kind: String {
            work.rawValue + (elementSize > 0 ? "/\(elementSize)B" : "") + (access.map { "/\($0.rawValue)" } ?? "")
                + (pacing.map { "/\($0.rawValue)" } ?? "")
        }

        var description: String { "\(place.rawValue)/\(kind)" }

        /// The heading of the table.
        var title: String {
            "\(place.title), \(work.elements(of: elementSize)): \(work.explanation(access))"
                + (pacing.map { ", pacing: .\($0.rawValue)" } ?? "")
        }
    }
}

// MARK: - All of them

extension Key {
    /// All cells, in the order in which they are shown.
    static func all(onTwoCPUs: Bool) -> [Key] {
        var all: [Key] = []
        /// Adds a cell for each size of a burst; one larger than the ring is left out.
        func add(
            _ place: Place, _ work: Work, _ elementSize: Int, _ access: Access? = nil, pacing: Pacing? = nil,
            rings: [Int] = [1_024], bursts: [Int] = [1, 2, 4, 8, 16, 32, 64, 128, 256]
        ) {
            for ring in rings {
                for burst in bursts where ring == 0 || burst <= ring {
                    all.append(
                        Key(
                            place: place, work: work, elementSize: elementSize, access: access, pacing: pacing,
                            ring: ring, burst: burst))
                }
            }
        }
        // First, while the group has no other objects.
        if onTwoCPUs {
            for count in [2, 1_000] { all.append(Key(place: .attach, work: .lookup, burst: 1, count: count)) }
        }
        let rings = [128, 1_024, 4_096]
        for work in [Work.burst, .bulk, .single] { add(.oneCPU, work, 8, rings: rings) }
        for size in [4, 16, 64] { add(.oneCPU, .burst, size) }
        add(.oneCPU, .inPlace, 64, rings: rings)
        for access in Access.allCases { add(.oneCPU, .burst, 8, access) }
        add(.oneCPU, .packetsAround, 0)
        for access in Access.allCases { add(.oneCPU, .packetsAround, 0, access) }
        add(.oneCPU, .packetsThrough, 0)
        add(.oneCPU, .packetsEach, 0, rings: [0])
        add(.oneCPU, .pool, 0, rings: [0])
        add(.oneCPU, .poolSingle, 0, rings: [0], bursts: [1])
        add(.oneCPU, .counter, 8, rings: [0], bursts: [1])
        add(.oneCPU, .counters, 8, rings: [0], bursts: [1, 8, 64])
        for work in [Work.snapshotRead, .snapshotWrite] {
            for size in [8, 64, 512] { add(.oneCPU, work, size, rings: [0], bursts: [1]) }
        }
        guard onTwoCPUs else { return all }
        for pacing in [nil, Pacing.throughput] { add(.twoCPUs, .burst, 8, pacing: pacing, rings: rings) }
        add(.twoCPUs, .single, 8, rings: rings, bursts: [1])
        for size in [4, 16, 64] { add(.twoCPUs, .burst, size) }
        add(.twoCPUs, .inPlace, 64)
        for access in Access.allCases { add(.twoCPUs, .burst, 8, access) }
        for pacing in [nil, Pacing.throughput] { add(.twoCPUs, .packetsThrough, 0, pacing: pacing, rings: rings) }
        for size in [8, 64] { add(.twoCPUs, .roundTrip, size, bursts: [1]) }
        add(.twoCPUs, .roundTrip, 8, pacing: .throughput, bursts: [1])
        for size in [4, 8, 16, 64] { add(.twoProcesses, .burst, size) }
        add(.twoProcesses, .burst, 8, pacing: .throughput)
        add(.twoProcesses, .packetsThrough, 0)
        for size in [8, 64] { add(.twoProcesses, .roundTrip, size, bursts: [1]) }
        for clients in 1...2 {
            for work in [Work.bothOurs, .serverOurs, .clientOurs] {
                all.append(Key(place: .clientServer, work: work, burst: 1, count: clients))
            }
        }
        return all
    }
}
