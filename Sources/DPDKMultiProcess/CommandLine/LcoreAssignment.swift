/// An lcore id and the CPUs that its thread may run on.
///
/// An lcore id is DPDK's number for a thread. It indexes the caches of packet pools in shared memory, so no two
/// processes of a group may use the same id. Several lcores may share a CPU.
///
///     arguments.lcores = [LcoreAssignment(id: 3, cpus: [0])]    // --lcores 3@0
///     arguments.lcores = [0, 1]                                 // -l 0,1
///
/// The corresponding EAL option is `--lcores`.
public struct LcoreAssignment: Hashable, Sendable {
    /// The lcore id, from 0 to 127, or less if DPDK is built for fewer lcores.
    public var id: Int

    /// The CPUs that the lcore's thread may run on, in ascending order.
    public var cpus: [Int]

    /// Assigns CPUs to an lcore id. Whether they exist is checked when the arguments are used.
    /// - Parameters:
    ///   - id: The lcore id. No other process of the group may use it.
    ///   - cpus: The CPUs that the lcore's thread may run on.
    public init(id: Int, cpus: [Int]) {
        self.id = id
        self.cpus = cpus
    }
}

extension LcoreAssignment: ExpressibleByIntegerLiteral {
    /// Assigns the CPU with the same number to an lcore id.
    public init(integerLiteral id: Int) { self.init(id: id, cpus: [id]) }
}

extension LcoreAssignment: CustomStringConvertible {
    /// The assignment in the form of `--lcores`: `3@0`, or `3@(0,2)` for several CPUs.
    public var description: String {
        let list = cpus.map(String.init).joined(separator: ",")
        return cpus.count == 1 ? "\(id)@\(list)" : "\(id)@(\(list))"
    }
}
