internal import CDPDK

extension NUMANode {
    /// Whether the kernel, and the container if there is one, answer questions about NUMA.
    ///
    /// If they do not, the machine counts as one node, node 0. The corresponding C function is `numa_available`.
    public static var isAvailable: Bool { NUMATopology.machine.isAvailable }

    /// The nodes of the machine in ascending order of their ids, at least one. A node may have no CPUs.
    ///
    /// The library reads the topology once in a process.
    public static var all: [NUMANode] { NUMATopology.machine.nodes.map { .node($0) } }

    /// The number of nodes, at least 1. The ids may have gaps, so an id may be larger than the number.
    public static var count: Int { NUMATopology.machine.nodes.count }

    /// The node of the CPU that the calling thread runs on now.
    ///
    /// The value may be stale at once, unless the thread is pinned.
    public static var current: NUMANode { .node(NUMATopology.machine.node(ofCPU: Int(cdpdk_numa_current_cpu())) ?? 0) }

    /// Finds the node of a CPU; nil if the CPU does not exist or is offline.
    /// - Parameter cpu: The number of the CPU.
    ///
    /// The corresponding C function is `numa_node_of_cpu`.
    public init?(ofCPU cpu: Int) {
        guard let node = NUMATopology.machine.node(ofCPU: cpu) else { return nil }
        self = .node(node)
    }

    /// The CPUs of the node in ascending order. For ``local``, the CPUs of the calling thread's node; for ``any``, all.
    ///
    /// It is empty if the node has no CPUs or does not exist. The corresponding C function is `numa_node_to_cpus`.
    public var cpus: [Int] { cpus(in: .machine) }

    /// The relative cost of reaching the memory of another node.
    ///
    /// The distance of a node to itself is 10; 20 means that memory accesses take twice as long. ``local`` stands for
    /// the calling thread's node.
    /// - Parameter other: The node whose memory is accessed.
    /// - Returns: The distance; nil if one of the nodes is ``any`` or does not exist, or if the machine does not say.
    ///
    /// The corresponding C function is `numa_distance`.
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

    /// The id of the node, or of the calling thread's node for `.local`; nil for `.any`.
    private var concreteID: Int? { self == .local ? Self.current.id : id }
}
