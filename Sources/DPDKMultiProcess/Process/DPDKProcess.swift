/// A process of a DPDK group, primary or secondary: what looking up shared objects takes.
///
/// Code that works in both kinds of process is written over `some DPDKProcess`. What only a primary may do takes a
/// `PrimaryProcess`, so that a secondary has no way to spell it. The library's own types are the only ones that conform
/// usefully: a process of DPDK starts EAL once, and these are the proofs that it did.
public protocol DPDKProcess: AnyObject, Sendable {
    /// This process, as the group's directory names it.
    var identity: ProcessIdentity { get }

    /// The name of the group, which all its processes gave as `--file-prefix`.
    var filePrefix: String { get }

    /// Ends the use of DPDK in this process, for good.
    ///
    /// Throws `.inUse` while ends of rings, queues, workers, bursts or packets of this process are out; nothing is
    /// changed then. Throws `.setUpLockTimeout` where another process of the group has been setting something up for ten
    /// seconds, and `.shutDown` the second time. A secondary's shutdown leaves the ports and everything else of
    /// the group as it is; a primary's ends the group. No deinitialiser does this: a process that just ends is treated
    /// as one that died.
    func shutdown() throws(DPDKError)
}

extension DPDKProcess {
    /// The lcores of this process, the main one first.
    ///
    /// Empty after `shutdown()`. The corresponding C macro is `RTE_LCORE_FOREACH`.
    public var lcores: [Lcore] { Lcore.all }

    /// The lcores of this process that `run(consuming:_:)` can be given work: all but the main one.
    ///
    /// The corresponding C macro is `RTE_LCORE_FOREACH_WORKER`.
    public var workers: [Lcore] { Lcore.all.filter { !$0.isMain } }

    /// The processes of the group that are attached now and use this library, this one included.
    ///
    /// Throws `.directoryCorrupted` or `.shutDown`. No C function corresponds. Costs a system call for each of them.
    public func attachedProcesses() throws(DPDKError) -> [ProcessIdentity] {
        try Member.whileRunning { (member) throws(DPDKError) in
            try member.directory.attachedProcesses()
                .filter { member.directory.isAlive($0.holder, seenBy: member.holder) }
                .map(\.identity)
        }
    }
}
