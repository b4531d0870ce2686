internal import CDPDK
internal import Glibc

extension Preflight {
    /// Checks, for a primary, that enough hugepages are reserved, mounted, free and accessible to this user.
    func checkHugepagesForPrimary() throws(DPDKError) {
        let all = Hugepages.all(in: hugepageDirectory)
        let reserved = all.filter { $0.total > 0 }
        guard let smallest = reserved.first else {
            throw DPDKError(
                .noHugepages, nil, "no hugepages are reserved", remedy: "Reserve some: sysctl -w vm.nr_hugepages=512")
        }
        let mounted = reserved.filter { $0.directory != nil }
        guard !mounted.isEmpty else { throw notMounted(smallest) }
        // EAL reads the mounts of all sizes, and fails if it cannot read one.
        for pages in all {
            guard let directory = pages.directory else { continue }
            if let refusal = SystemFile.refusal(directory, pages.total > 0 ? R_OK | W_OK | X_OK : R_OK | X_OK) {
                throw .refused(directory, "create hugepage files in", refusal)
            }
        }
        try checkFree(mounted)
        try checkFreeOnNodes(mounted)
        try checkUnlocked()
    }

    private func checkFree(_ mounted: [Hugepages]) throws(DPDKError) {
        let needed = max(memoryMegabytes << 20, 1)
        guard mounted.reduce(0, { $0 + $1.free * $1.pageSize }) < needed else { return }
        // This locks files for a moment, so it is done only if the free pages alone are too few.
        let available = mounted.map { (pages: $0, count: $0.free + $0.leftBehind()) }
        let bytes = available.reduce(0) { $0 + $1.count * $1.pages.pageSize }
        guard bytes < needed else { return }
        let figures = available.map { "\($0.count) of \($0.pages.total) pages of \($0.pages.sizeName)B" }
        let wanted = memoryMegabytes > 0 ? "\(memoryMegabytes) MB are needed" : "at least one hugepage is needed"
        let page = mounted[0]
        let more = page.total + (needed - bytes + page.pageSize - 1) / page.pageSize
        throw DPDKError(
            .notEnoughHugepages, nil, "\(wanted), but only \(figures.joined(separator: " and ")) are free",
            remedy: "End processes that use hugepages, ask for less with -m, or reserve more: "
                + "echo \(more) > /sys/kernel/mm/hugepages/hugepages-\(page.pageSize >> 10)kB/nr_hugepages")
    }

    /// Checks that each NUMA node has the memory that the arguments ask for.
    private func checkFreeOnNodes(_ mounted: [Hugepages]) throws(DPDKError) {
        for (node, megabytes) in memoryMegabytesPerNode.enumerated() where megabytes > 0 {
            let free = mounted.reduce(0) { $0 + ($1.freeByNode[node] ?? 0) * $1.pageSize }
            guard free < megabytes << 20 else { continue }
            let nodes = Hugepages.nodes
            // It is not known on which node the pages of a file are.
            let leftBehind = nodes.contains(node) ? mounted.reduce(0) { $0 + $1.leftBehind() * $1.pageSize } : 0
            guard free + leftBehind < megabytes << 20 else { continue }
            throw DPDKError(
                .notEnoughHugepages, "option '--socket-mem'",
                "\(megabytes) MB are needed on NUMA node \(node), "
                    + (nodes.contains(node)
                        ? "but only \(free >> 20) MB are free there"
                        : "but the machine has only these nodes: \(LcoreGrammar.describe(nodes))"),
                remedy: nodes.contains(node)
                    ? "Ask for less, or reserve more hugepages on the node" : "Name a node that exists")
        }
    }

    /// Checks that no other process has a folder of hugepage files locked. EAL would wait for it without end.
    private func checkUnlocked() throws(DPDKError) {
        let deadline = ContinuousClock.now + lockPatience
        for directory in hugepageDirectories {
            while case let pids = FileLocks.holdersOfWhole(directory), !pids.isEmpty {
                guard ContinuousClock.now < deadline else {
                    let holders = pids.map { ProcessIdentity(pid: $0) }
                    throw DPDKError(
                        .setUpLockTimeout, "'\(directory)'",
                        "\(holders.map(\.description).joined(separator: ", ")) has kept it locked for \(lockPatience);"
                            + " a primary does so while it starts, and after a start that failed",
                        remedy: "Wait until that process has started, or end it", holders: holders)
                }
                cdpdk_sleep_microseconds(5_000)
            }
        }
    }

    /// Checks, for a secondary, that this user may open files in a mounted hugetlbfs. It needs no free pages.
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
            .hugetlbfsNotMounted, "'\(hugepageDirectory)'", "it is not a folder in a hugetlbfs for pages of \(size)B",
            remedy: other.map { "Name a folder in a mounted hugetlbfs: --huge-dir \($0.path)" } ?? "Mount one: \(mount)"
        )
    }
}
