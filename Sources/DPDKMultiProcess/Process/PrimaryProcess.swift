/// The primary process of a group: it creates rings, pools and regions, and configures ports.
///
/// There is one primary for each `--file-prefix` of a machine. Everything that creates or configures takes a
/// `PrimaryProcess`, so that a secondary cannot be made to do it. ``run(_:_:)`` is the usual way to start one.
///
/// The corresponding C function is `rte_eal_init` with `--proc-type=primary`.
public final class PrimaryProcess: DPDKProcess, @unchecked Sendable {
    /// Starts EAL as the primary of a group, until ``DPDKProcess/shutdown()``.
    ///
    /// The calling thread becomes the main lcore and is pinned to its CPU until the shutdown; ``DPDKProcess`` says what
    /// that means for Swift's tasks. EAL starts once in a process's life, and one that was refused before EAL was called
    /// may be tried again. What can be checked before EAL is called is checked, in a second at most; EAL's own start then
    /// takes as long as its devices and memory need. All DPDK libraries that are installed are loaded, since a program
    /// that links more of them than the primary has could not attach.
    ///
    /// - Parameter arguments: EAL's options.
    /// - Throws: Before EAL is called: for options `.unknownOption`, `.malformedOption`, `.excludesSecondaries`,
    ///   `.roleConflict` and `.helpRequested`; for lcores `.noSuchLcore` and `.lcoreInUse`; for memory `.noHugepages`,
    ///   `.notEnoughHugepages`, `.hugetlbfsNotMounted` and `.permissionDenied`; for the group `.primaryAlreadyRunning`,
    ///   `.secondariesStillAttached` and `.groupCorrupted`; `.alreadyStarted` or `.shutDown` if this process has
    ///   started before. If another process has the hugepages locked, as a primary does while it takes its memory, it
    ///   is waited for, and `.setUpLockTimeout` is thrown after ten seconds. If EAL's own start fails,
    ///   `.initializationFailed`, `.addressSpaceConflict` or one of those above, with what EAL logged, `.deviceFailed`
    ///   if a virtual device does not come up, and what it had begun is undone as far as others would notice it;
    ///   `.outOfMemory` if the group's registry cannot be made. Nothing exits.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        super.init(try Member.start(as: .primary, arguments.adopting(.primary)))
    }

    /// For `AutoProcess`, which has started EAL.
    override init(_ member: Member) { super.init(member) }
}
