/// A process of a DPDK group, primary or secondary.
///
/// The two subclasses are the roles. Code for both roles takes a `DPDKProcess`; what only a primary may do takes a
/// ``PrimaryProcess``, so that doing it in a secondary does not compile. Neither class can be subclassed or
/// instantiated outside the library: an instance proves that EAL was started in this process, in that role.
///
/// ## Threads, tasks and CPUs
///
/// EAL pins the thread that starts it, the main lcore, to one CPU until the shutdown. Threads and child processes that
/// this thread makes meanwhile inherit the CPU, and so do the threads that Swift makes for its tasks and dispatch
/// queues. If the main lcore polls, they share the CPU with a loop that never rests. A main thread that polls does not
/// run the main actor either: `@MainActor` functions, and whatever awaits one, wait for the end of the loop.
///
/// - Work that has to go on beside a polling loop runs on a ``ControlThread``, which has the other CPUs. The threads
///   and child processes that a control thread makes have them, too.
/// - A program that consists of tasks polls on a worker, see ``Lcore/run(consuming:_:)``, and leaves the main thread to
///   the tasks.
public class DPDKProcess: @unchecked Sendable {
    let member: Member

    init(_ member: Member) { self.member = member }

    /// This process as the group's registry names it.
    public final var identity: ProcessIdentity { member.identity }

    /// The name of the group, which all its processes state as `--file-prefix`.
    public final var filePrefix: String { member.filePrefix }

    /// Ends the use of DPDK in this process, for good.
    ///
    /// A secondary's shutdown leaves the group's ports and everything else of the group as they are. A primary's
    /// shutdown ends the group: ports that are still configured are stopped and closed. The last process of the group
    /// removes the group's hugepage files and its runtime directory, whether it is the primary or a secondary that
    /// outlived it; if that process is killed, the next start removes them. No deinitialiser does this: a process that
    /// ends without a shutdown counts as one that died.
    ///
    /// `run` calls this when its body has ended, and the ends that the body held are gone by then. A function that
    /// starts a process by hand calls it in a `defer` that stands before the first end is made, since ends live until
    /// the end of their scope:
    ///
    ///     let primary = try PrimaryProcess(arguments)
    ///     defer { try? primary.shutdown() }
    ///
    /// The thread that started EAL gets its former CPUs back, whichever thread calls this.
    ///
    /// - Throws: `.inUse`, and nothing is changed, while this process has ends of rings or ports, accesses to regions,
    ///   bursts, packets, tasks on lcores or control threads, each named in the message; in a primary also while other
    ///   processes hold queues of ports. `.setUpLockTimeout` if another process of the group has been setting something
    ///   up for ten seconds. `.shutDown` if the process was shut down before.
    ///
    /// Any thread may call this. The corresponding C function is `rte_eal_cleanup`.
    public final func shutdown() throws(DPDKError) { try member.shutdown() }

    /// This process's member; throws `.shutDown` after the shutdown.
    final func running() throws(DPDKError) -> Member {
        _ = try Member.current()
        return member
    }

    /// The processes of the group that are attached now and use this library, this one included.
    ///
    /// - Returns: The processes, in no particular order.
    /// - Throws: `.registryCorrupted` or `.shutDown`.
    ///
    /// It costs a system call for each process, and any thread may call it. There is no corresponding C function.
    public final func processes() throws(DPDKError) -> [ProcessIdentity] {
        try Member.whileRunning { (member) throws(DPDKError) in
            try member.registry.attachedProcesses()
                .filter { member.registry.isAlive($0.holder, seenBy: member.holder) }
                .map(\.identity)
        }
    }

    /// The lcore ids that the registry has of the process in a slot.
    package final func lcoreIDs(ofSlot slot: Int) throws(DPDKError) -> [Int] {
        try Member.whileRunning { (member) throws(DPDKError) in member.registry.lcores(ofSlot: slot) }
    }

    /// Which other processes of the group come, leave and die, from now on and beginning with those that are there.
    ///
    ///     for await event in primary.peerEvents where event.kind == .died { … }
    ///
    /// Each use makes a new sequence, which ends with the shutdown of this process. What is told, and how soon,
    /// ``PeerWatch`` says, which has the same for loops without tasks. A sequence that nobody takes from keeps the
    /// newest 1 024 events.
    public final var peerEvents: AsyncStream<PeerEvent> { member.peers.stream() }
}
