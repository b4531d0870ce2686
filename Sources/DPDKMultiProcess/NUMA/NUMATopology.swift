internal import CDPDK

/// The NUMA nodes of a machine, their CPUs and distances, as they were when the value was made.
package struct NUMATopology: Sendable {
    /// Whether the machine answers questions about NUMA; if not, it counts as one node.
    package let isAvailable: Bool

    /// The ids of the nodes in ascending order, at least one.
    package let nodes: [Int]

    /// The CPUs of each node in ascending order.
    package let cpus: [Int: [Int]]

    private let nodeOfCPU: [Int: Int]
    private let distances: [Pair: Int]

    private struct Pair: Hashable, Sendable {
        let from: Int
        let to: Int
    }

    /// Describes a machine: its nodes, their CPUs, and the distance of each two nodes.
    package init(isAvailable: Bool, cpus: [Int: [Int]], distance: (Int, Int) -> Int) {
        self.isAvailable = isAvailable
        self.cpus = cpus
        nodes = cpus.keys.sorted()
        var nodeOfCPU: [Int: Int] = [:]
        var distances: [Pair: Int] = [:]
        for (node, itsCPUs) in cpus {
            for cpu in itsCPUs { nodeOfCPU[cpu] = node }
            for other in cpus.keys { distances[Pair(from: node, to: other)] = distance(node, other) }
        }
        self.nodeOfCPU = nodeOfCPU
        self.distances = distances
    }

    /// The machine that this process runs on, read at the first use.
    package static let machine =
        cdpdk_numa_available() ? detected() : singleNode(cpuCount: Int(cdpdk_numa_configured_cpus()))

    /// A machine that does not answer questions about NUMA: node 0 with all CPUs.
    package static func singleNode(cpuCount: Int) -> NUMATopology {
        NUMATopology(isAvailable: false, cpus: [0: Array(0..<cpuCount)]) { _, _ in 10 }
    }

    private static func detected() -> NUMATopology {
        var cpus: [Int: [Int]] = [:]
        for node in 0..<cdpdk_numa_node_limit() where cdpdk_numa_node_exists(node) {
            cpus[Int(node)] = self.cpus(ofNode: node)
        }
        if cpus.isEmpty { return singleNode(cpuCount: Int(cdpdk_numa_configured_cpus())) }
        return NUMATopology(isAvailable: true, cpus: cpus) { Int(cdpdk_numa_distance(CInt($0), CInt($1))) }
    }

    private static func cpus(ofNode node: CInt) -> [Int] {
        var capacity = 256
        while true {
            var found: [CInt] = Array(repeating: 0, count: capacity)
            let count = unsafe cdpdk_numa_cpus_of_node(node, &found, capacity)
            if count <= capacity { return found.prefix(count).map(Int.init) }
            capacity = count
        }
    }

    /// The node of a CPU; nil if there is no such CPU.
    package func node(ofCPU cpu: Int) -> Int? { nodeOfCPU[cpu] }

    /// The distance between two nodes; nil if it is not known.
    package func distance(from: Int, to: Int) -> Int? {
        guard let distance = distances[Pair(from: from, to: to)], distance > 0 else { return nil }
        return distance
    }
}
