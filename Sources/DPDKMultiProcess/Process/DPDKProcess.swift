/// A process of a DPDK group, primary or secondary: what looking up shared objects takes.
///
/// Its two subclasses are the roles. Code that works in both takes a `DPDKProcess`; what only a primary may do takes a
/// ``PrimaryProcess``, so a secondary has no way to spell it. Neither can be subclassed or made outside the library: an
/// instance is the proof that EAL was started in this process, in that role.
public class DPDKProcess: @unchecked Sendable {
    let member: Member

    init(_ member: Member) { self.member = member }

    /// This process, as the group's registry names it.
    public final var identity: ProcessIdentity { member.identity }

    /// The name of the group, which all its processes gave as `--file-prefix`.
    public final var filePrefix: String { member.filePrefix }

    /// Ends the use of DPDK in this process, for good.
    ///
    /// A secondary's shutdown leaves the ports and everything else of the group as it is. A primary's ends the group:
    /// ports that are still configured are stopped and closed, and if no other process is attached, with this library
    /// or without, the hugepage files and the runtime directory of the group are removed; after a kill, the next start
    /// removes them. No deinitialiser does this: a process that just ends is treated as one that died.
    ///
    /// `run` calls this when its body has ended, and the ends that the body held are gone by then. A function that
    /// starts a process by hand calls it in a `defer` that stands before the first end is made, since ends live to the
    /// end of their scope:
    ///
    ///     let primary = try PrimaryProcess(arguments)
    ///     defer { try? primary.shutdown() }
    ///
    /// - Throws: `.inUse` while ends of rings, queues, workers, bursts or packets of this process are out, each named;
    ///   nothing is changed then. `.setUpLockTimeout` if another process of the group has been setting something up for
    ///   ten seconds, and `.shutDown` the second time.
    ///
    /// Any thread may call it. The corresponding C function is `rte_eal_cleanup`.
    public final func shutdown() throws(DPDKError) { try member.shutdown() }

    /// The member that this process is; throws `.shutDown` after the shutdown.
    final func running() throws(DPDKError) -> Member {
        _ = try Member.current()
        return member
    }

    /// The processes of the group that are attached now and use this library, this one included.
    ///
    /// Costs a system call for each of them. No C function corresponds.
    ///
    /// - Throws: `.registryCorrupted` or `.shutDown`.
    public final func attachedProcesses() throws(DPDKError) -> [ProcessIdentity] {
        try Member.whileRunning { (member) throws(DPDKError) in
            try member.registry.attachedProcesses()
                .filter { member.registry.isAlive($0.holder, seenBy: member.holder) }
                .map(\.identity)
        }
    }
}
