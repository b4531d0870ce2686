internal import Glibc

/// The hugepages of one size: how many the kernel has, and where they can be had.
///
/// The corresponding C functions are `get_num_hugepages_on_node`, `get_num_hugepages` and `get_hugepage_dir`.
struct Hugepages {
    /// The size of a page in bytes.
    let pageSize: Int
    /// How many there are, those that the kernel may add when asked included.
    let total: Int
    /// How many of them are free.
    let free: Int
    /// How many of them are free on each NUMA node, as EAL counts them.
    let freeByNode: [Int: Int]
    /// The folder in which files of such pages are made, nil if none is mounted.
    let directory: String?

    /// The pages of every size that the kernel knows, the smallest first.
    /// - Parameter directory: The folder that pages have to be taken from, nil for any.
    static func all(in directory: String?) -> [Self] {
        let mounts = HugetlbfsMount.all
        return (SystemFile.names(in: kernel) ?? []).compactMap { name in
            guard name.hasPrefix("hugepages-"), name.hasSuffix("kB"),
                let kilobytes = Int(name.dropFirst(10).dropLast(2))
            else { return nil }
            let size = kilobytes << 10
            return Self(name, size, HugetlbfsMount.directory(for: size, in: directory, mounts))
        }
        .sorted { $0.pageSize < $1.pageSize }
    }

    private static let kernel = "/sys/kernel/mm/hugepages"
    private static let nodeFolder = "/sys/devices/system/node"

    /// The NUMA nodes of the machine, in rising order.
    static var nodes: [Int] {
        let nodes = (SystemFile.names(in: nodeFolder) ?? []).compactMap { name in
            name.hasPrefix("node") ? Int(name.dropFirst(4)) : nil
        }
        return nodes.isEmpty ? [0] : nodes.sorted()
    }

    /// Counts as EAL does: what the nodes have free, and only if that is nothing, what the kernel has as a whole.
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
        // What no node has is looked for on the first.
        freeByNode =
            freeOnNodes > 0
            ? Dictionary(uniqueKeysWithValues: nodes.map { ($0, onNode($0, "free_hugepages")) }) : [0: free]
    }

    /// The size as `mount` and people write it: `2M`, `1G`.
    var sizeName: String {
        if pageSize >= 1 << 30 { return "\(pageSize >> 30)G" }
        return pageSize >= 1 << 20 ? "\(pageSize >> 20)M" : "\(pageSize >> 10)K"
    }

    /// How many pages are in files that no process uses any more, and that a primary removes when it starts.
    ///
    /// Such a file is told by its lock, as EAL does it. Used only where the free pages alone are too few.
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

    /// The mounts that this process sees, in the order of `/proc/mounts`.
    static var all: [Self] {
        let text = SystemFile.text("/proc/mounts") ?? ""
        let meminfo = SystemFile.text("/proc/meminfo") ?? ""
        let standard = meminfo.split(separator: "\n").first { $0.hasPrefix("Hugepagesize:") }
        let kilobytes = standard?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 2048
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 4, fields[2] == "hugetlbfs" else { return nil }
            let stated = fields[3].split(separator: ",").first { $0.hasPrefix("pagesize=") }
            return Self(path: String(fields[1]), pageSize: stated.map { bytes($0.dropFirst(9)) } ?? kilobytes << 10)
        }
    }

    /// The folder for pages of a size, chosen as EAL chooses it.
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
