extension NUMANode {
    /// Finds the socket id to pass to DPDK's creating functions.
    /// - Parameters:
    ///   - localSocket: The result of `rte_socket_id` for the calling thread. If it is negative, as for a thread that
    ///     is
    ///     no lcore, ``local`` stands for the node of the thread's CPU.
    ///   - topology: The nodes that exist.
    /// - Returns: The socket id, -1 for ``any``.
    /// - Throws: `.invalidArgument` if the machine has no such node. The message names the nodes that exist.
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
        let reason = topology.isAvailable ? "" : ", because it does not answer questions about NUMA"
        return DPDKError(
            .invalidArgument, "NUMA node \(id)", "the machine has no such node: \(noun) \(existing)\(reason)",
            remedy: "Name a node that exists, or use .local or .any")
    }
}
