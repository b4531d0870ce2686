internal import CDPDK

extension NUMANode {
    /// Counts the pages of a memory area on each node.
    ///
    /// Pages that no process has touched yet are on no node and are not counted. Each page costs about 100 ns, also a
    /// hugepage. If the machine counts as one node, all pages are on it.
    /// - Parameters:
    ///   - address: The first byte. Its whole page is counted.
    ///   - byteCount: The number of bytes; 0 or less for none.
    ///   - pageSize: The size of the memory's pages, a power of 2; nil for the size of ordinary pages.
    ///   - topology: The nodes of the machine.
    /// - Returns: The number of pages on each node that has any.
    /// - Throws: `.permissionDenied` if there are several nodes and the container forbids the system call;
    ///   `.invalidArgument` if the page size is not a power of 2.
    ///
    /// The corresponding C function is `move_pages` without target nodes.
    package static func pages(
        at address: UnsafeRawPointer, byteCount: Int, pageSize: Int? = nil, in topology: NUMATopology = .machine
    ) throws(DPDKError) -> [NUMANode: Int] {
        let pageSize = pageSize ?? Int(cdpdk_numa_page_size())
        guard pageSize > 0, pageSize & (pageSize - 1) == 0 else {
            throw DPDKError(
                .invalidArgument, "page size \(pageSize)", "a page size is a power of 2",
                remedy: "Pass the size of the hugepages in bytes, for instance 2097152")
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
                .permissionDenied, "NUMA", "the kernel did not say on which nodes the pages are",
                remedy: "Allow move_pages in the container's seccomp profile, for instance with CAP_SYS_NICE",
                underlying: RTEErrno(rawValue: failure))
        }
        var pages: [NUMANode: Int] = [:]
        for node in nodes where node >= 0 { pages[.node(Int(node)), default: 0] += 1 }
        return pages
    }
}
