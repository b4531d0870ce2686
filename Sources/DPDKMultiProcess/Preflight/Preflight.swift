/// The checks before `rte_eal_init`. A start that cannot succeed fails early, with a reason.
///
/// DPDK itself waits without end for a primary that died while starting, attaches to a dead primary, and has the same
/// message for several causes. Each check here ends in bounded time, and none changes anything on the machine. The
/// checks must not run while EAL runs in this process: see `GroupConfiguration`.
package struct Preflight: Sendable {
    /// The name of the group.
    package var filePrefix: String
    /// The folder for hugepage files, nil for the first mount.
    package var hugepageDirectory: String?
    /// The megabytes that the process takes at its start, 0 if none are stated.
    package var memoryMegabytes: Int
    /// The megabytes that the process takes at its start on each NUMA node, empty if none are stated.
    package var memoryMegabytesPerNode: [Int]
    /// How long a secondary waits for a primary that is still starting.
    package var patience: Duration
    /// How long a primary waits if another process has locked a folder of hugepage files. EAL does so while it starts.
    package var lockPatience = Duration.seconds(10)
    /// The machine that the arguments are for.
    package var machine: Machine

    /// Makes the checks for a start with these arguments.
    package init(_ arguments: EALArguments, patience: Duration = .milliseconds(800), machine: Machine = .current) {
        filePrefix = arguments.filePrefix
        hugepageDirectory = arguments.hugepageDirectory
        memoryMegabytesPerNode = arguments.memoryMegabytesPerNode ?? []
        let stated = arguments.memoryMegabytes.map { [$0] } ?? memoryMegabytesPerNode
        memoryMegabytes = stated.reduce(0) { $0 + min(max($1, 0), 1 << 40) }
        self.patience = patience
        self.machine = machine
    }

    /// The runtime directory of a group in this process's environment.
    package static func runtimeDirectory(filePrefix: String) -> String {
        Machine.current.runtimeDirectory(filePrefix: filePrefix)
    }

    /// The group's runtime directory.
    package var runtimeDirectory: String { machine.runtimeDirectory(filePrefix: filePrefix) }

    /// Runs all checks for a process of a role.
    ///
    /// It takes some milliseconds, at most `patience` more if a primary is still starting, and at most `lockPatience`
    /// more if another process has the hugepages locked.
    /// - Returns: The role. `.automatic` becomes the role that EAL would choose.
    /// - Throws: The error of the first check that fails.
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

    /// A secondary if a live process has the group's configuration file locked, else the primary.
    ///
    /// The corresponding C function is `eal_proc_type_detect`.
    private func automaticRole() throws(DPDKError) -> EALArguments.Role {
        try GroupConfiguration.look(in: runtimeDirectory)?.primary == nil ? .primary : .secondary
    }
}
