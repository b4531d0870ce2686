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
    /// The calling thread becomes the main lcore and is pinned to its CPU until the shutdown; what that means for
    /// Swift's tasks, ``DPDKProcess`` says.
    ///
    /// What can be checked before EAL is called takes a second at most. EAL's own start then takes as long as its
    /// devices and memory need, and some seconds more if the primary is stopped. The devices of a primary that did not
    /// answer are not known here, and looking one up says so.
    ///
    /// - Parameter arguments: EAL's options.
    /// - Throws: `.noPrimary`, `.primaryDead`, `.primaryDiedWhileStarting` or `.primaryStillStarting` instead of
    ///   attaching to a group that nobody runs or of waiting for ever; `.versionMismatch` if the primary is of another
    ///   version of DPDK; `.lcoreInUse` if another process has one of the lcore ids; `.registryFull` if 63 secondaries
    ///   are attached; `.addressSpaceConflict` if the primary's memory does not fit here; and what a primary's start
    ///   throws for options, permissions and mounts.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        super.init(try Member.start(as: .secondary, arguments.adopting(.secondary)))
    }

    /// For `AutoProcess`, which has started EAL.
    override init(_ member: Member) { super.init(member) }

    /// Whether the primary still runs. A stopped primary runs.
    ///
    /// Costs a few system calls, so ask now and then, not in each turn of a loop. The corresponding C function is
    /// `rte_eal_primary_proc_alive`.
    public var isPrimaryAlive: Bool {
        Member.running != nil && cdpdk_primary_is_alive()
    }
}
