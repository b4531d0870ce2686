internal import Glibc

/// The hugepages of one size: how many there are, and in which folder EAL creates files of them.
///
/// The corresponding C functions are `get_num_hugepages_on_node`, `get_num_hugepages` and `get_hugepage_dir`.
struct Hugepages {
    /// The size of a page in bytes.
    let pageSize: Int
    /// How many pages there are, including those that the kernel may add on demand.
    let total: Int
    /// How many pages are free.
    let free: Int
    /// How many pages are free on each NUMA node, as EAL counts them.
    let freeByNode: [Int: Int]
    /// The folder for files of such pages; nil if no hugetlbfs for them is mounted.
    let directory: String?

    /// The hugepages of every size that the kernel knows, the smallest first.
    /// - Parameter directory: The folder that must be used; nil for any.
    static func all(in directory: String?) -> [Self] {
        let mounts = HugetlbfsMount.all
        return sizes.map { Self($0.name, $0.size, HugetlbfsMount.directory(for: $0.size, in: directory, mounts)) }
    }

    /// The folders for pages of every size, as in `all`, without a count of the pages.
    static func directories(in directory: String?) -> [String] {
        let mounts = HugetlbfsMount.all
        return sizes.compactMap { HugetlbfsMount.directory(for: $0.size, in: directory, mounts) }
    }

    /// The sizes that the kernel knows, in bytes and as a name of a folder, the smallest first.
    private static var sizes: [(name: String, size: Int)] {
        (SystemFile.names(in: kernel) ?? []).compactMap { name in
            guard name.hasPrefix("hugepages-"), name.hasSuffix("kB"),
                let kilobytes = Int(name.dropFirst(10).dropLast(2))
            else { return nil }
            return (name, kilobytes << 10)
        }
        .sorted { $0.size < $1.size }
    }

    private static let kernel = "/sys/kernel/mm/hugepages"
    private static let nodeFolder = "/sys/devices/system/node"

    /// The ids of the machine's NUMA nodes in ascending order.
    static var nodes: [Int] {
        let nodes = (SystemFile.names(in: nodeFolder) ?? []).compactMap { name in
            name.hasPrefix("node") ? Int(name.dropFirst(4)) : nil
        }
        return nodes.isEmpty ? [0] : nodes.sorted()
    }

    /// Counts pages as EAL does: on the nodes, and on the whole machine only if no node has a free page.
    private init(_ name: String, _ pageSize: Int, _ directory: String?) {
        let nodes = Self.nodes
        func onNode(_ node: Int, _ file: String) -> Int {
            SystemFile.number("\(Self.nodeFolder)/node\(node)/hugepages/\(name)/\(file)") ?? 0
        }
        func onNodes(_ file: String) -> Int { nodes.reduce(0) { $0 + onNode($1, file) } }
        func inKernel(_ file: String) -> Int { SystemFile.number("\(Self.kernel)/\(name)/\(file)") ?? 0 }
        let extra = max(0, inKernel("nr_overcommit_hugepages") - inKernel("surplus_hugepages"))
        let freeOnNodes = onNodes("free_hugepages")
        self.pageSize = pageSize
        self.directory = directory
        total = max(onNodes("nr_hugepages"), inKernel("nr_hugepages")) + extra
        free = freeOnNodes > 0 ? freeOnNodes : max(0, inKernel("free_hugepages") - inKernel("resv_hugepages")) + extra
        // EAL looks on the first node if no node has free pages.
        freeByNode =
            freeOnNodes > 0
            ? Dictionary(uniqueKeysWithValues: nodes.map { ($0, onNode($0, "free_hugepages")) }) : [0: free]
    }

    /// The size in the form that `mount` takes: `2M`, `1G`.
    var sizeName: String {
        if pageSize >= 1 << 30 { return "\(pageSize >> 30)G" }
        return pageSize >= 1 << 20 ? "\(pageSize >> 20)M" : "\(pageSize >> 10)K"
    }

    /// How many pages are in files that no process uses any more. A primary removes these files when it starts.
    ///
    /// Like EAL, this locks each file for a moment to see whether it is in use.
    func leftBehind() -> Int {
        guard let directory else { return 0 }
        let files = (SystemFile.names(in: directory) ?? []).filter { $0.contains("map_") }
        return files.reduce(0) { pages, name in
            let descriptor = unsafe open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { return pages }
            defer { close(descriptor) }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                return pages
            }
            return pages + Int(status.st_blocks) * 512 / pageSize
        }
    }
}

/// A mounted hugetlbfs.
struct HugetlbfsMount {
    let path: String
    let pageSize: Int

    /// The mounts that are visible to this process, in the order of `/proc/mounts`.
    static var all: [Self] {
        // There may be thousands of mounts, so these lines are not read as characters.
        lines(of: "/proc/mounts").compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            guard fields.count >= 4, fields[2] == "hugetlbfs" else { return nil }
            let stated = fields[3].split(separator: ",").first { $0.hasPrefix("pagesize=") }
            return Self(path: String(fields[1]), pageSize: stated.map { bytes($0.dropFirst(9)) } ?? standardPageSize)
        }
    }

    /// The size of the pages of a mount that states none.
    private static var standardPageSize: Int {
        let line = lines(of: "/proc/meminfo").map { Substring($0) }.first { $0.hasPrefix("Hugepagesize:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 2048) << 10
    }

    private static func lines(of file: String) -> [Substring.UTF8View] {
        (SystemFile.text(file) ?? "").utf8.split(separator: UInt8(ascii: "\n"))
    }

    /// The folder that EAL chooses for pages of a size; nil if there is none.
    static func directory(for pageSize: Int, in wanted: String?, _ mounts: [Self]) -> String? {
        let fitting = mounts.filter { $0.pageSize == pageSize }
        guard let wanted else { return fitting.first?.path }
        guard SystemFile.kind(wanted) == S_IFDIR else { return nil }
        return fitting.contains { wanted == $0.path || wanted.hasPrefix($0.path + "/") } ? wanted : nil
    }

    private static func bytes(_ text: Substring) -> Int {
        let units: [Character: Int] = ["K": 10, "k": 10, "M": 20, "m": 20, "G": 30, "g": 30, "T": 40]
        let digits = text.prefix { $0.isNumber }
        return (Int(digits) ?? 0) << (text.dropFirst(digits.count).first.flatMap { units[$0] } ?? 0)
    }
}
