extension NUMANode {
    /// The socket id that DPDK's creating functions take.
    ///
    /// - Parameters:
    ///   - localSocket: What `rte_socket_id` says for the calling thread; negative where it says any, or for a thread
    ///     that is no lcore. The node of the thread's CPU is taken then.
    ///   - topology: The nodes that exist.
    /// Throws `.invalidArgument`, when the machine has no such node; the message names those that it has.
    package func socketID(
        localSocket: Int32 = -1, in topology: NUMATopology = .machine
    ) throws(DPDKError) -> Int32 {
        switch place {
        case .any: return -1
        case .local: return localSocket >= 0 ? localSocket : Int32(Self.current.id ?? 0)
        case .node(let id):
            guard topology.nodes.contains(id) else { throw Self.noSuchNode(id, in: topology) }
            return Int32(id)
        }
    }

    private static func noSuchNode(_ id: Int, in topology: NUMATopology) -> DPDKError {
        let existing = topology.nodes.map(String.init).joined(separator: ", ")
        let noun = topology.nodes.count == 1 ? "the only node is" : "the nodes are"
        let reason = topology.isAvailable ? "" : ", since it does not answer questions about NUMA"
        return DPDKError(
            .invalidArgument, "NUMA node \(id)", "The machine has no such node: \(noun) \(existing)\(reason)",
            remedy: "Name a node that exists, or use .local or .any")
    }
}
