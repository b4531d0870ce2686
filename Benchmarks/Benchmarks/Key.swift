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
            case .packetsAround: "from a burst through the ring and back (against an array of mbufs)"
            case .packetsThrough: "allocated, enqueued, dequeued, freed (against an array of mbufs)"
            case .packetsEach: "the type of each read where it is (forEach, against a loop over mbufs)"
            }
        }
    }

    var place: Place
    var work: Work
    /// Bytes of an element; 0 for packets.
    var elementSize = 0
    /// How many elements the ring holds; 0 where there is none.
    var ring = 0
    var burst: Int

    /// The name that `--filter` looks at, for instance `one-cpu/burst/8B/ring=1024/burst=32`.
    var description: String { group.description + (ring > 0 ? "/ring=\(ring)" : "") + "/burst=\(burst)" }

    /// What the cells of one table have in common.
    var group: Group { Group(place: place, work: work, elementSize: elementSize) }

    struct Group: Hashable, CustomStringConvertible {
        var place: Place
        var work: Work
        var elementSize: Int

        var description: String {
            "\(place.rawValue)/\(work.rawValue)" + (elementSize > 0 ? "/\(elementSize)B" : "")
        }

        /// The heading of the table.
        var title: String {
            let what = elementSize > 0 ? "\(elementSize)-byte elements" : "packets"
            return "\(place == .oneCPU ? "One CPU" : "Two CPUs"), \(what): \(work.explanation)"
        }
    }
}

// MARK: - All of them

extension Key {
    /// All cells, in the order in which they are shown.
    static func all(elementSizes: [Int], onTwoCPUs: Bool) -> [Key] {
        var all: [Key] = []
        /// Adds a cell for each size of a burst; one larger than the ring is left out.
        func add(_ place: Place, _ work: Work, _ elementSize: Int, rings: [Int]) {
            for ring in rings {
                for burst in [1, 2, 4, 8, 16, 32, 64, 128, 256] where ring == 0 || burst <= ring {
                    all.append(Key(place: place, work: work, elementSize: elementSize, ring: ring, burst: burst))
                }
            }
        }
        let rings = [128, 1_024, 4_096]
        for size in elementSizes {
            for work in [Work.burst, .bulk, .single] { add(.oneCPU, work, size, rings: rings) }
        }
        add(.oneCPU, .inPlace, 64, rings: rings)
        add(.oneCPU, .packetsAround, 0, rings: [1_024])
        add(.oneCPU, .packetsThrough, 0, rings: [1_024])
        add(.oneCPU, .packetsEach, 0, rings: [0])
        guard onTwoCPUs else { return all }
        for size in elementSizes { add(.twoCPUs, .burst, size, rings: rings) }
        add(.twoCPUs, .packetsThrough, 0, rings: rings)
        return all
    }
}
