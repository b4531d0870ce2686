/// The checks that are made before `rte_eal_init`, so that a start that cannot succeed fails at once, with a reason.
///
/// DPDK by itself waits for ever for a primary that died while starting, attaches to one that is dead, and has one
/// message for several shortages. Each check here is bounded, and none of them changes anything on the machine.
/// To be used only while EAL is not up in this process: see `GroupConfiguration`.
package struct Preflight: Sendable {
    /// The group.
    package var filePrefix: String
    /// The folder for hugepage files, nil for the first mount.
    package var hugepageDirectory: String?
    /// The megabytes that the process takes at its start, 0 for as little as it needs.
    package var memoryMegabytes: Int
    /// The megabytes that the process takes at its start on each NUMA node, empty where that is not stated.
    package var memoryMegabytesPerNode: [Int]
    /// How long a secondary waits for a primary that is still starting.
    package var patience: Duration
    /// How long a primary waits for a folder of hugepage files that another process has locked, as EAL does while it
    /// takes its memory.
    package var lockPatience = Duration.seconds(10)
    /// The machine whose runtime directory counts.
    package var machine: Machine

    /// The checks for a start with these arguments.
    package init(
        _ arguments: EALArguments, patience: Duration = .milliseconds(800), machine: Machine = .current
    ) {
        filePrefix = arguments.filePrefix
        hugepageDirectory = arguments.hugepageDirectory
        memoryMegabytesPerNode = arguments.memoryMegabytesPerNode ?? []
        let stated = arguments.memoryMegabytes.map { [$0] } ?? memoryMegabytesPerNode
        memoryMegabytes = stated.reduce(0) { $0 + min(max($1, 0), 1 << 40) }
        self.patience = patience
        self.machine = machine
    }

    /// The runtime directory of a group in this process's environment, as DPDK computes it.
    package static func runtimeDirectory(filePrefix: String) -> String {
        Machine.current.runtimeDirectory(filePrefix: filePrefix)
    }

    /// The group's runtime directory.
    package var runtimeDirectory: String { machine.runtimeDirectory(filePrefix: filePrefix) }

    /// Makes all checks for a process of the role.
    ///
    /// Takes some milliseconds, `patience` at most where a primary is still starting, and `lockPatience` at most where
    /// another process has the hugepages locked.
    /// - Returns: The role; `.automatic` is decided as EAL decides it.
    /// Throws the first thing that is in the way.
    @discardableResult
    package func check(_ role: EALArguments.Role) throws(DPDKError) -> EALArguments.Role {
        let decided = role == .automatic ? try automaticRole() : role
        if decided == .primary {
            try checkRuntimeDirectory()
            try checkNoPrimary()
            try checkHugepagesForPrimary()
        } else {
            try checkPrimary()
            try checkRuntimeDirectory()
            try checkHugepagesForSecondary()
        }
        return decided
    }

    /// A secondary if a live process has the group's configuration locked, the primary otherwise.
    ///
    /// The corresponding C function is `eal_proc_type_detect`.
    private func automaticRole() throws(DPDKError) -> EALArguments.Role {
        try GroupConfiguration.look(in: runtimeDirectory)?.primary == nil ? .primary : .secondary
    }
}
