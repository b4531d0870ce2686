public import Synchronization

/// A secondary process of a group: it looks up what the primary created, and takes ends of it.
///
///     try SecondaryProcess.run(EALArguments(filePrefix: "shop")) { secondary in
///         var orders = try SharedRing<UInt64>(lookingUp: "orders", in: secondary).makeConsumer()
///         while !StopSignal.isRaised, !secondary.isGroupEnding { … }
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

    @usableFromInline static let primaryIsAlive = Atomic(false)
    @usableFromInline static let groupIsEnding = Atomic(false)

    /// Whether the primary is still running. A stopped primary counts as running.
    ///
    /// It costs one load, and any thread may ask: a control thread of the library looks every 10 ms, so the end of the
    /// primary is seen within 20 ms. It is false after the shutdown of this process. The corresponding C function is
    /// `rte_eal_primary_proc_alive`.
    @inlinable public var isPrimaryAlive: Bool { Self.primaryIsAlive.load(ordering: .relaxed) }

    /// Whether this process should leave: the primary has asked its secondaries to, has ended, or died.
    ///
    ///     while !StopSignal.isRaised, !secondary.isGroupEnding { … }
    ///
    /// It costs one load: look at it in every turn of a loop, from any thread. It is seen within 20 ms, and once true
    /// it stays true. The request is ``PrimaryProcess/dismissSecondaries(within:)``. There is no corresponding C
    /// function.
    @inlinable public var isGroupEnding: Bool { Self.groupIsEnding.load(ordering: .relaxed) }
}
