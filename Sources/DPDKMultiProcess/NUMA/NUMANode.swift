/// A place in the machine's memory: a NUMA node, or a rule that picks one.
///
/// A node is some CPUs and the memory next to them; reaching another node's memory takes longer. DPDK calls a node a
/// socket. Where the kernel or the container does not answer questions about NUMA, the machine counts as one node 0
/// with all the CPUs.
public struct NUMANode: Hashable, Sendable {
    let place: Place

    enum Place: Hashable, Sendable {
        case any
        case local
        case node(Int)
    }

    /// Any node, DPDK's choice. The corresponding C constant is `SOCKET_ID_ANY`.
    public static let any = NUMANode(place: .any)

    /// The node of the CPU, or the lcore, that the calling thread runs on when the node is used.
    public static let local = NUMANode(place: .local)

    /// The node of an id.
    ///
    /// Whether the machine has it is checked where something is created on it, which throws `.invalidArgument`.
    public static func node(_ id: Int) -> NUMANode { NUMANode(place: .node(id)) }

    /// The node's id; nil for ``any`` and ``local``.
    public var id: Int? {
        guard case .node(let id) = place else { return nil }
        return id
    }
}

extension NUMANode: CustomStringConvertible {
    /// The id, or the rule: `node 0`, `any node`, `the local node`.
    public var description: String {
        switch place {
        case .any: "any node"
        case .local: "the local node"
        case .node(let id): "node \(id)"
        }
    }
}
