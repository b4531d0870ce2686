internal import CDPDK

extension NUMANode {
    /// Whether the kernel, and the container if there is one, answer questions about NUMA.
    ///
    /// Where they do not, the machine counts as one node 0. The corresponding C function is `numa_available`.
    public static var isAvailable: Bool { NUMATopology.machine.isAvailable }

    /// The nodes of the machine in the order of their ids, at least one; some may have no CPUs.
    ///
    /// The machine is asked once in a process's life.
    public static var all: [NUMANode] { NUMATopology.machine.nodes.map { .node($0) } }

    /// The number of nodes, at least 1. Ids may have gaps, so it is no bound for them.
    public static var count: Int { NUMATopology.machine.nodes.count }

    /// The node of the CPU that the calling thread runs on at this moment.
    ///
    /// The thread may be on another one a moment later, unless it is pinned.
    public static var current: NUMANode { .node(NUMATopology.machine.node(ofCPU: Int(cdpdk_numa_current_cpu())) ?? 0) }

    /// Finds the node of a CPU; nil where the machine has no such CPU, or it is offline.
    ///
    /// The corresponding C function is `numa_node_of_cpu`.
    public init?(ofCPU cpu: Int) {
        guard let node = NUMATopology.machine.node(ofCPU: cpu) else { return nil }
        self = .node(node)
    }

    /// The CPUs of the node in ascending order; those of the calling thread's node for ``local``, all for ``any``.
    ///
    /// Empty for a node that has none, or does not exist. The corresponding C function is `numa_node_to_cpus`.
    public var cpus: [Int] { cpus(in: .machine) }

    /// The distance to another node: 10 to itself, and as many times more as the memory is slower to reach.
    ///
    /// For ``local`` it is measured from or to the calling thread's node; nil where one of the two is ``any``, does not
    /// exist, or the machine does not tell. The corresponding C function is `numa_distance`.
    public func distance(to other: NUMANode) -> Int? { distance(to: other, in: .machine) }

    package func cpus(in topology: NUMATopology) -> [Int] {
        switch place {
        case .any: topology.cpus.values.flatMap(\.self).sorted()
        case .local: topology.cpus[Self.current.id ?? 0] ?? []
        case .node(let id): topology.cpus[id] ?? []
        }
    }

    package func distance(to other: NUMANode, in topology: NUMATopology) -> Int? {
        guard let from = concreteID, let to = other.concreteID else { return nil }
        return topology.distance(from: from, to: to)
    }

    /// The node's id, that of the calling thread's node for `.local`; nil for `.any`.
    private var concreteID: Int? { self == .local ? Self.current.id : id }
}
