internal import CDPDK

/// A secondary process of a group: it looks up what the primary created, and takes ends of it.
///
///     let secondary = try SecondaryProcess(EALArguments(filePrefix: "shop"))
///     var orders = try SharedRing<UInt64>(lookingUp: "orders", in: secondary).makeConsumer()
///
/// The corresponding C function is `rte_eal_init` with `--proc-type=secondary`.
public final class SecondaryProcess: DPDKProcess {
    private let member: Member

    /// Attaches to the running primary of a group.
    ///
    /// Throws `.noPrimary`, `.primaryDead`, `.primaryDiedWhileStarting` or `.primaryStillStarting` instead of attaching
    /// to a group that nobody runs or of waiting for ever; `.versionMismatch` where the primary is of another version of
    /// DPDK; `.lcoreInUse` where another process has one of the lcore ids; `.directoryFull` where 63 secondaries are
    /// attached; `.addressSpaceConflict` where the primary's memory does not fit here; and what a primary's start throws
    /// for options, permissions and mounts.
    ///
    /// What can be checked before EAL is called takes a second at most. EAL's own start then takes as long as its devices
    /// and memory need, and some seconds more where the primary is stopped. The devices of a primary that did not answer
    /// are not known here; looking one up says so.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        try Member.start(as: .secondary, arguments.adopting(.secondary))
        member = try Member.current()
    }

    /// For `LaunchedProcess`, which has started EAL.
    init(_ member: Member) { self.member = member }

    /// This process, as the group's directory names it.
    public var identity: ProcessIdentity { member.identity }

    /// The name of the group (`--file-prefix`).
    public var filePrefix: String { member.filePrefix }

    /// Whether the primary still runs.
    ///
    /// Costs a few system calls, so ask now and then, not in each turn of a loop. A stopped primary runs. The
    /// corresponding C function is `rte_eal_primary_proc_alive`.
    public var isPrimaryAlive: Bool {
        Member.running != nil && cdpdk_primary_is_alive()
    }

    /// Leaves the group, which goes on as it is. See ``DPDKProcess/shutdown()``.
    public func shutdown() throws(DPDKError) { try member.shutdown() }
}
