/// The primary process of a group: it creates rings, pools and regions, and configures ports.
///
/// There is one primary for each `--file-prefix` of a machine. Everything that creates or configures takes a
/// `PrimaryProcess`, so that a secondary cannot do it. ``run(_:_:)`` is the usual way to start one.
///
/// The corresponding C function is `rte_eal_init` with `--proc-type=primary`.
public final class PrimaryProcess: DPDKProcess, @unchecked Sendable {
    /// Starts EAL as the primary of a group, until ``DPDKProcess/shutdown()``.
    ///
    /// EAL starts once in the life of a process; a start that was refused before EAL was called may be tried again. All
    /// DPDK libraries that are installed are loaded, since a secondary cannot attach if it links a library that the
    /// primary lacks. A failed start never ends the process, and what EAL had begun is undone as far as others would
    /// notice it.
    ///
    /// - Parameter arguments: EAL's options.
    /// - Throws:
    ///   - For options: `.unknownOption`, `.malformedOption`, `.excludesSecondaries`, `.roleConflict` or
    ///     `.helpRequested`.
    ///   - For lcores: `.noSuchLcore` or `.lcoreInUse`.
    ///   - For memory: `.noHugepages`, `.notEnoughHugepages`, `.hugetlbfsNotMounted` or `.permissionDenied`;
    ///     `.setUpLockTimeout` if another process keeps the hugepages locked for ten seconds, as a primary does while
    ///     it takes its memory.
    ///   - For the group: `.primaryAlreadyRunning`, `.secondariesStillAttached` or `.groupCorrupted`.
    ///   - If this process has started before: `.alreadyStarted` or `.shutDown`.
    ///   - If EAL itself fails: `.initializationFailed`, `.addressSpaceConflict` or one of those above, with what EAL
    ///     logged; `.deviceFailed` if a virtual device does not come up; `.outOfMemory` if there is no memory for the
    ///     group's registry.
    ///
    /// The checks before EAL is called take a second at most; EAL then takes as long as its devices and memory need.
    /// The calling thread becomes the main lcore; ``DPDKProcess`` says what that means for it. The corresponding C
    /// function is `rte_eal_init`.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        super.init(try Member.start(as: .primary, arguments.adopting(.primary)))
    }

    /// For `AutoProcess`, which has started EAL already.
    override init(_ member: Member) { super.init(member) }
}
