internal import CDPDK
internal import Glibc

extension Preflight {
    /// For a primary: checks that hugepages are reserved, mounted, usable by this user, and free in the number needed.
    func checkHugepagesForPrimary() throws(DPDKError) {
        let all = Hugepages.all(in: hugepageDirectory)
        let reserved = all.filter { $0.total > 0 }
        guard let smallest = reserved.first else {
            throw DPDKError(
                .noHugepages, nil, "no hugepages are reserved", remedy: "Reserve some: sysctl -w vm.nr_hugepages=512")
        }
        let mounted = reserved.filter { $0.directory != nil }
        guard !mounted.isEmpty else { throw notMounted(smallest) }
        // EAL looks into the mounts of all sizes, and gives up at one that it cannot read.
        for pages in all {
            guard let directory = pages.directory else { continue }
            if let refusal = SystemFile.refusal(directory, pages.total > 0 ? R_OK | W_OK | X_OK : R_OK | X_OK) {
                throw .refused(directory, "make hugepage files in", refusal)
            }
        }
        try checkFree(mounted)
        try checkFreeOnNodes(mounted)
        try checkUnlocked()
    }

    private func checkFree(_ mounted: [Hugepages]) throws(DPDKError) {
        let needed = max(memoryMegabytes << 20, 1)
        guard mounted.reduce(0, { $0 + $1.free * $1.pageSize }) < needed else { return }
        // Only now, because it takes the locks of files for an instant.
        let available = mounted.map { (pages: $0, count: $0.free + $0.leftBehind()) }
        let bytes = available.reduce(0) { $0 + $1.count * $1.pages.pageSize }
        guard bytes < needed else { return }
        let figures = available.map { "\($0.count) of \($0.pages.total) pages of \($0.pages.sizeName)B" }
        let wanted = memoryMegabytes > 0 ? "\(memoryMegabytes) MB are asked for" : "at least one page is needed"
        let page = mounted[0]
        let more = page.total + (needed - bytes + page.pageSize - 1) / page.pageSize
        throw DPDKError(
            .notEnoughHugepages, nil, "\(wanted), and \(figures.joined(separator: " and ")) are free",
            remedy: "End processes that hold hugepages, ask for less with -m, or reserve more: "
                + "echo \(more) > /sys/kernel/mm/hugepages/hugepages-\(page.pageSize >> 10)kB/nr_hugepages")
    }

    /// Checks that each node has the pages that are asked for there.
    private func checkFreeOnNodes(_ mounted: [Hugepages]) throws(DPDKError) {
        for (node, megabytes) in memoryMegabytesPerNode.enumerated() where megabytes > 0 {
            let free = mounted.reduce(0) { $0 + ($1.freeByNode[node] ?? 0) * $1.pageSize }
            guard free < megabytes << 20 else { continue }
            let nodes = Hugepages.nodes
            // Which node a file's pages are on is not told.
            let leftBehind = nodes.contains(node) ? mounted.reduce(0) { $0 + $1.leftBehind() * $1.pageSize } : 0
            guard free + leftBehind < megabytes << 20 else { continue }
            throw DPDKError(
                .notEnoughHugepages, "option '--socket-mem'",
                "\(megabytes) MB are asked for on NUMA node \(node), "
                    + (nodes.contains(node)
                        ? "and \(free >> 20) MB are free there"
                        : "and the machine has \(nodes.count == 1 ? "node" : "nodes") \(LcoreGrammar.describe(nodes))"),
                remedy: nodes.contains(node)
                    ? "Ask for less there, or reserve more pages on the node" : "Ask for it on a node that there is")
        }
    }

    /// Checks that EAL will get the lock on each folder of hugepage files, for which it would wait without end.
    private func checkUnlocked() throws(DPDKError) {
        let deadline = ContinuousClock.now + lockPatience
        for directory in hugepageDirectories {
            while case let pids = WholeFileLock.holders(of: directory), !pids.isEmpty {
                guard ContinuousClock.now < deadline else {
                    let holders = pids.map { ProcessIdentity(pid: $0) }
                    throw DPDKError(
                        .setUpLockTimeout, "'\(directory)'",
                        "\(holders.map(\.description).joined(separator: ", ")) has kept it locked for \(lockPatience),"
                            + " as a primary does that takes its memory or whose start has failed",
                        remedy: "Wait until that process has started, or end it", holders: holders)
                }
                cdpdk_sleep_microseconds(5_000)
            }
        }
    }

    /// For a secondary: checks that a hugetlbfs is mounted where this user may open files. It needs no free pages.
    func checkHugepagesForSecondary() throws(DPDKError) {
        let mounts = HugetlbfsMount.all
        guard !mounts.isEmpty else { throw notMounted(Hugepages.all(in: nil).first { $0.total > 0 }) }
        let refusals = mounts.compactMap { mount in
            SystemFile.refusal(mount.path, X_OK).map { (mount.path, $0) }
        }
        guard refusals.count == mounts.count, let (path, number) = refusals.first else { return }
        throw .refused(path, "open hugepage files in", number)
    }

    private func notMounted(_ pages: Hugepages?) -> DPDKError {
        let size = pages?.sizeName ?? "2M"
        let place = hugepageDirectory ?? "/dev/hugepages"
        let mount = "mkdir -p \(place) && mount -t hugetlbfs -o pagesize=\(size) none \(place)"
        guard let hugepageDirectory else {
            return DPDKError(
                .hugetlbfsNotMounted, nil, "no hugetlbfs is mounted for pages of \(size)B",
                remedy: "Mount one: \(mount)")
        }
        let other = HugetlbfsMount.all.first { $0.pageSize == pages?.pageSize }
        return DPDKError(
            .hugetlbfsNotMounted, "'\(hugepageDirectory)'", "it is no folder in a hugetlbfs for pages of \(size)B",
            remedy: other.map { "Name a folder in one that is mounted: --huge-dir \($0.path)" } ?? "Mount one: \(mount)"
        )
    }
}
