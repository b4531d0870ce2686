/// What is measured: one cell of a table.
struct Key: Codable, Hashable, CustomStringConvertible {
    enum Place: String, Codable {
        case oneCPU = "one-cpu"
        case twoCPUs = "two-cpus"
    }

    /// What one round does. The C counterpart of each is in CBaseline.
    enum Work: String, Codable {
        case burst, bulk, single
        case inPlace = "in-place"
        case packetsAround = "packets-around"
        case packetsThrough = "packets-through"
        case packetsEach = "packets-each"

        var explanation: String {
            switch self {
            case .burst: "as many as fit (rte_ring_sp_enqueue_burst_elem, rte_ring_sc_dequeue_burst_elem)"
            case .bulk: "all or nothing (rte_ring_sp_enqueue_bulk_elem, rte_ring_sc_dequeue_bulk_elem)"
            case .single: "one by one (rte_ring_sp_enqueue_elem, rte_ring_sc_dequeue_elem)"
            case .inPlace: "written and read in the ring (rte_ring_enqueue_zc_burst_elem_start, …)"
            case .packetsAround: "packets, from a burst through the ring and back (against an array of mbufs)"
            case .packetsThrough: "packets, allocated, enqueued, dequeued, freed (against an array of mbufs)"
            case .packetsEach: "packets, the type of each read where it is (forEach, against a loop over mbufs)"
            }
        }
    }

    var place: Place
    var work: Work
    var elementSize: Int
    var ring: Int
    var burst: Int

    /// The name that `--filter` looks at, for instance `one-cpu/burst/8B/ring=1024/burst=32`.
    var description: String { "\(group.description)/ring=\(ring)/burst=\(burst)" }

    /// What the cells of one table have in common.
    var group: Group { Group(place: place, work: work, elementSize: elementSize) }

    struct Group: Hashable, CustomStringConvertible {
        var place: Place
        var work: Work
        var elementSize: Int

        var description: String { "\(place.rawValue)/\(work.rawValue)/\(elementSize)B" }
    }
}

/// What came out for a cell.
struct Cell: Codable {
    var key: Key
    /// Nanoseconds for an element, enqueued and dequeued: medians.
    var nanoseconds: Double
    var baselineNanoseconds: Double
    /// The median of the paired ratios, C's time to the library's: above 1, the library is faster.
    var ratio: Double
    /// Half the range of the middle half of the ratios, as a part of the median.
    var spread: Double
    var repetitions: Int
    /// Whether the spread stayed above the limit, however often the cell was repeated.
    var isNoisy: Bool

    /// Millions of elements a second.
    var rate: Double { 1_000 / nanoseconds }
    var baselineRate: Double { 1_000 / baselineNanoseconds }
}

/// All that a run found, and where.
struct Report: Codable {
    var machine: Machine
    var cells: [Cell]
}
