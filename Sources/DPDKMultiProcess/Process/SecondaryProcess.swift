internal import CDPDK

/// A secondary process of a group: it looks up what the primary created, and takes ends of it.
///
///     try SecondaryProcess.run(EALArguments(filePrefix: "shop")) { secondary in
///         var orders = try SharedRing<UInt64>(lookingUp: "orders", in: secondary).makeConsumer()
///         while !StopSignal.isRaised { … }
///     }
///
/// The corresponding C function is `rte_eal_init` with `--proc-type=secondary`.
public final class SecondaryProcess: DPDKProcess, @unchecked Sendable {
    /// Attaches to the running primary of a group, until ``DPDKProcess/shutdown()``.
    ///
    /// If the primary is stopped and does not answer, this process attaches all the same, but does not know the
    /// primary's virtual devices; looking one up then throws an error that says so.
    ///
    /// - Parameter arguments: EAL's options.
    /// - Throws: `.noPrimary`, `.primaryDead`, `.primaryDiedWhileStarting` or `.primaryStillStarting` if there is no
    ///   primary to attach to; `.versionMismatch` if the primary has another version of DPDK; `.lcoreInUse` if another
    ///   process has one of the lcore ids; `.registryFull` if 63 secondaries are attached; `.addressSpaceConflict` if
    ///   the primary's memory cannot be mapped at the same addresses here; and what ``PrimaryProcess/init(_:)`` throws
    ///   for options, permissions and mounts.
    ///
    /// The checks before EAL is called take a second at most; EAL then takes as long as its devices and memory need,
    /// and some seconds more if the primary is stopped. The calling thread becomes the main lcore; ``DPDKProcess`` says
    /// what that means for it. The corresponding C function is `rte_eal_init`.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        super.init(try Member.start(as: .secondary, arguments.adopting(.secondary)))
    }

    /// For `AutoProcess`, which has started EAL already.
    override init(_ member: Member) { super.init(member) }

    /// Whether the primary is still running. A stopped primary counts as running.
    ///
    /// It costs a few system calls, so do not ask in each turn of a fast loop. Any thread may ask. The corresponding C
    /// function is `rte_eal_primary_proc_alive`.
    public var isPrimaryAlive: Bool {
        Member.running != nil && cdpdk_primary_is_alive()
    }
}
