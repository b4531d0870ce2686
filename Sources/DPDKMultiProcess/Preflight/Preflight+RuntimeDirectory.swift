internal import CDPDK
internal import Glibc

extension Preflight {
    /// The folders of hugetlbfs in which EAL may create files for this process.
    var hugepageDirectories: [String] { Hugepages.directories(in: hugepageDirectory) }

    /// Creates the group's runtime directory if it is missing, as EAL does, and returns its path.
    ///
    /// The corresponding C function is `eal_create_runtime_dir`.
    func makeRuntimeDirectory() throws(DPDKError) -> String {
        for path in ["\(machine.runtimeRoot)/dpdk", runtimeDirectory] {
            guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { continue }
            throw .refused(path, "create", RTEErrno(rawValue: errno))
        }
        return runtimeDirectory
    }
}

extension ProcessIdentity {
    /// Identifies a process by its pid and by the kernel's name for its command.
    init(pid: Int32) {
        let name = pid > 0 ? SystemFile.text("/proc/\(pid)/comm", limit: 64) : nil
        self.init(pid: pid, name: name.map { String($0.prefix { $0 != "\n" }) } ?? "", slot: nil, generation: 0)
    }
}
