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
