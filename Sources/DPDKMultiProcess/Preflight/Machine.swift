internal import CDPDK
internal import Glibc

/// What arguments are checked against: the version of DPDK, the CPUs and the runtime folder.
///
/// Tests can describe machines that they do not run on.
package struct Machine: Hashable, Sendable {
    /// The version of DPDK, which decides which options are accepted.
    package var version: DPDKVersion
    /// The online CPUs that the calling thread may run on, in ascending order.
    package var cpus: [Int]
    /// The number of lcore ids.
    package var lcoreLimit: Int
    /// The folder in which `dpdk` has a runtime directory for each group.
    package var runtimeRoot: String

    /// Describes a machine.
    package init(version: DPDKVersion, cpus: [Int], lcoreLimit: Int = 128, runtimeRoot: String = "/var/run") {
        self.version = version
        self.cpus = cpus
        self.lcoreLimit = lcoreLimit
        self.runtimeRoot = runtimeRoot
    }

    /// The machine that this process runs on, with the calling thread's CPUs.
    package static var current: Self {
        Self(
            version: .installed, cpus: affinity(), lcoreLimit: Int(cdpdk_max_lcore()), runtimeRoot: runtimeRoot())
    }

    private static func affinity() -> [Int] {
        let cpus = unsafe [CInt](unsafeUninitializedCapacity: 1024) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            unsafe count = max(0, min(Int(cdpdk_affinity(base, buffer.count)), buffer.count))
        }
        return cpus.map(Int.init)
    }

    /// The folder that DPDK chooses, by the same rules.
    ///
    /// The corresponding C function is `eal_create_runtime_dir`.
    private static func runtimeRoot() -> String {
        func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
        if let stated = variable("RUNTIME_DIRECTORY") { return stated }
        return getuid() == 0 ? "/var/run" : variable("XDG_RUNTIME_DIR") ?? "/tmp"
    }
}

extension Machine {
    /// The runtime directory of a group.
    ///
    /// The corresponding C function is `rte_eal_get_runtime_dir`, which gives it only after the start.
    package func runtimeDirectory(filePrefix: String) -> String { "\(runtimeRoot)/dpdk/\(filePrefix)" }

    /// How many bytes a file prefix may have so that the path of a process's socket fits into `sockaddr_un`.
    package var filePrefixLimit: Int {
        let path = 107  // `sun_path` without its NUL.
        let socket = "/mp_socket_4194304_0123456789abcdef".utf8.count
        return max(0, path - socket - runtimeDirectory(filePrefix: "").utf8.count)
    }
}
