import CStorm
import DPDKMultiProcess

/// The CPUs that this process may use.
enum CPUs {
    private static let all = (0..<Int32(1024)).filter(cstorm_may_use).map(Int.init)

    /// An lcore with this id: the primary's on the first CPU, and the clients' in turn on the others.
    static func lcore(_ id: Int) -> LcoreAssignment {
        let place = id == 0 || all.count == 1 ? 0 : 1 + (id - 1) % (all.count - 1)
        return LcoreAssignment(id: id, cpus: [all[place]])
    }
}
