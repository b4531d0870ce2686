internal import CDPDK

extension NUMANode {
    /// Counts the pages of a piece of memory by the node that they really are on.
    ///
    /// Pages that no process has touched yet are on no node and are not counted. One question is asked for each page,
    /// at some 100 ns, for hugepages too. Where the machine counts as one node, all pages are on it.
    /// The corresponding C function is `move_pages`, with no nodes to move to.
    ///
    /// - Parameters:
    ///   - address: The first byte. The page that it lies in counts.
    ///   - byteCount: The number of bytes; 0 or less for none.
    ///   - pageSize: The size of the memory's pages, a power of 2; nil for the size of ordinary pages.
    ///   - topology: The machine's nodes.
    /// Throws `.permissionDenied`, when there are several nodes and the container forbids the question;
    ///   `.invalidArgument` for a page size that is no power of 2.
    package static func pages(
        at address: UnsafeRawPointer, byteCount: Int, pageSize: Int? = nil, in topology: NUMATopology = .machine
    ) throws(DPDKError) -> [NUMANode: Int] {
        let pageSize = pageSize ?? Int(cdpdk_numa_page_size())
        guard pageSize > 0, pageSize & (pageSize - 1) == 0 else {
            throw DPDKError(
                .invalidArgument, "page size \(pageSize)", "A page size is a power of 2",
                remedy: "Give the size of the hugepages in bytes, for instance 2097152")
        }
        guard byteCount > 0 else { return [:] }
        let inFirstPage = Int(bitPattern: address) & (pageSize - 1)
        let first = unsafe address - inFirstPage
        let count = (inFirstPage + byteCount + pageSize - 1) / pageSize
        guard topology.isAvailable else { return [.node(topology.nodes[0]): count] }
        var nodes: [CInt] = Array(repeating: -1, count: count)
        let failure = unsafe cdpdk_numa_page_nodes(first, pageSize, count, &nodes)
        if failure != 0 {
            if topology.nodes.count == 1 { return [.node(topology.nodes[0]): count] }
            throw DPDKError(
                .permissionDenied, "NUMA", "The kernel did not say on which nodes the pages are",
                remedy: "Allow move_pages in the container's seccomp profile, for instance with CAP_SYS_NICE",
                underlying: RTEErrno(rawValue: failure))
        }
        var pages: [NUMANode: Int] = [:]
        for node in nodes where node >= 0 { pages[.node(Int(node)), default: 0] += 1 }
        return pages
    }
}
