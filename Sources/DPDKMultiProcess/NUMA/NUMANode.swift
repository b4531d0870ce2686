/// A place in the machine's memory: a NUMA node, or a rule that picks one.
///
/// A node is a group of CPUs and the memory next to them; its CPUs need longer to reach the memory of other nodes. DPDK
/// calls a node a socket. If the kernel or the container does not answer questions about NUMA, the machine counts as
/// one node, node 0, with all CPUs.
public struct NUMANode: Hashable, Sendable {
    let place: Place

    enum Place: Hashable, Sendable {
        case any
        case local
        case node(Int)
    }

    /// Any node; DPDK chooses. The corresponding C constant is `SOCKET_ID_ANY`.
    public static let any = NUMANode(place: .any)

    /// The node of the calling thread's lcore or CPU at the time when the value is used.
    public static let local = NUMANode(place: .local)

    /// The node with an id.
    ///
    /// If the machine has no such node, functions that create something on it throw `.invalidArgument`.
    /// - Parameter id: The id of the node.
    /// - Returns: The node.
    public static func node(_ id: Int) -> NUMANode { NUMANode(place: .node(id)) }

    /// The id of the node; nil for ``any`` and ``local``.
    public var id: Int? {
        guard case .node(let id) = place else { return nil }
        return id
    }
}

extension NUMANode: CustomStringConvertible {
    /// The node as messages name it: `node 0`, `any node` or `the local node`.
    public var description: String {
        switch place {
        case .any: "any node"
        case .local: "the local node"
        case .node(let id): "node \(id)"
        }
    }
}
