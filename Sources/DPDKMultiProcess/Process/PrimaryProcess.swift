/// The primary process of a group: it creates rings, pools and regions, and configures ports.
///
/// There is one primary for each `--file-prefix` of a machine. Everything that creates or configures takes a
/// `PrimaryProcess`, so that a secondary cannot be made to do it.
///
///     let primary = try PrimaryProcess(EALArguments(filePrefix: "shop"))
///     let ring = try SharedRing<UInt64>(creating: "orders", capacity: 1023, in: primary)
///
/// The corresponding C function is `rte_eal_init` with `--proc-type=primary`.
public final class PrimaryProcess: DPDKProcess {
    private let member: Member

    /// Starts EAL as the primary of a group.
    ///
    /// The calling thread becomes the main lcore and is pinned to its CPU. EAL starts once in a process's life, and one
    /// that was refused before EAL was called may be tried again.
    ///
    /// What can be checked before EAL is called is checked, in a second at most: options (`.unknownOption`,
    /// `.malformedOption`, `.excludesSecondaries`, `.roleConflict`, `.helpRequested`), lcores (`.noSuchLcore`,
    /// `.lcoreInUse`), hugepages (`.noHugepages`, `.notEnoughHugepages`, `.hugetlbfsNotMounted`), `.permissionDenied`,
    /// the group (`.primaryAlreadyRunning`, `.secondariesStillAttached`, `.groupCorrupted`), and whether this process has
    /// started before (`.alreadyStarted`, `.shutDown`). Where another process has the hugepages locked, as a primary does
    /// while it takes its memory, it is waited for, and `.setUpLockTimeout` is thrown after ten seconds.
    ///
    /// EAL's own start then takes as long as its devices and memory need. Where it fails, `.initializationFailed`,
    /// `.addressSpaceConflict` or one of those above is thrown with what EAL logged, and what it had begun is undone as
    /// far as others would notice it; where the group's directory cannot be made, `.outOfMemory`. Nothing exits.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        try Member.start(as: .primary, arguments.adopting(.primary))
        member = try Member.current()
    }

    /// For `LaunchedProcess`, which has started EAL.
    init(_ member: Member) { self.member = member }

    /// This process, as the group's directory names it.
    public var identity: ProcessIdentity { member.identity }

    /// The name of the group (`--file-prefix`).
    public var filePrefix: String { member.filePrefix }

    /// Ends the group.
    ///
    /// Ports that are still configured are stopped and closed. Where no other process is attached, with this library or
    /// without, the hugepage files and the runtime directory of the group are removed; after a kill, the next start does
    /// it. See ``DPDKProcess/shutdown()``. The corresponding C function is `rte_eal_cleanup`.
    public func shutdown() throws(DPDKError) { try member.shutdown() }
}
