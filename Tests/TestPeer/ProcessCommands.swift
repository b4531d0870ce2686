import CDPDK
import DPDKMultiProcess
import Glibc
import Synchronization

let processCommands: [String: Command] = [
    "start": start,
    // Like `start`, but tries again while the group has another primary.
    "insist-on-start": { request, session in
        while true {
            do {
                return try start(request, session)
            } catch let error as DPDKError {
                guard error.code == .primaryAlreadyRunning else { throw error }
            }
        }
    },
    // `c-start [EAL's options]`: starts EAL without the library; answers -1 if `rte_eal_init` failed, and else 0.
    "c-start": { request, _ in
        var words = unsafe (["TestPeer"] + request.words).map { unsafe strdup($0) }
        return unsafe cdpdk_eal_init(CInt(words.count), &words) < 0 ? "-1" : "0"
    },
    "shutdown": { _, session in
        try session.process.shutdown()
        return ""
    },
    // `drop WORDS`: releases the object with this name, for example `drop producer ticks`.
    "drop": { request, session in
        try session.drop(request.words.joined(separator: " "))
        return ""
    },
    "identity": { _, session in
        let identity = try session.process.identity
        return "\(identity.pid) \(identity.name) \(identity.slot ?? -1) \(identity.generation)"
    },
    // The pids of the attached processes, in rising order.
    "attached": { _, session in
        try session.process.processes().map(\.pid).sorted().map(String.init).joined(separator: " ")
    },
    // The lcore ids of this process, the main one first.
    "lcores": { _, session in try session.process.lcores.map { String($0.id) }.joined(separator: " ") },
    // `lcores-of SLOT`: the lcore ids that the registry has of a process, in rising order.
    "lcores-of": { request, session in
        try session.process.lcoreIDs(ofSlot: try request.number(0)).map(String.init).joined(separator: " ")
    },
    // `watch`: begins to watch the group; `next-event`: what has happened, `none` if nothing has.
    "watch": { _, session in
        session.keep(PeerWatch(in: try session.process), as: "watch")
        return ""
    },
    "next-event": { _, session in try session.with("watch") { (watch: inout PeerWatch) in text(watch.next()) } },
    // The next event, and before it the time at which a loop saw it, in nanoseconds.
    "await-event": { _, session in
        try session.with("watch") { (watch: inout PeerWatch) in
            while true {
                if let event = watch.next() { return "\(cdpdk_monotonic_nanoseconds()) \(text(event))" }
                usleep(100)
            }
        }
    },
    // `collect`: a task takes the events from now on; `collected`: those that it has, and `end` when there are no more.
    "collect": { _, session in
        let collected = Collected()
        let events = try session.process.peerEvents
        Task {
            for await event in events { collected.lines.withLock { $0.append(text(event)) } }
            collected.lines.withLock { $0.append("end") }
        }
        session.keep(collected, as: "collected")
        return ""
    },
    "collected": { _, session in
        try session.kept("collected", as: Collected.self).lines.withLock { $0.joined(separator: ", ") }
    },
    // The time at which a loop saw that the primary is gone, in nanoseconds.
    "await-primary-end": { _, session in
        while try session.secondary.isPrimaryAlive { usleep(100) }
        return "\(cdpdk_monotonic_nanoseconds())"
    },
    "group-ending": { _, session in try session.secondary.isGroupEnding ? "yes" : "no" },
    // The pids of those who have not left.
    "dismiss": { request, session in
        try session.primary.dismissSecondaries(within: .milliseconds(request.number(0) as Int))
            .map { String($0.pid) }.joined(separator: " ")
    },
    "primary-alive": { _, session in try session.secondary.isPrimaryAlive ? "yes" : "no" },
    // How many milliseconds the previous command took.
    "took": { _, session in "\(Int(session.lastDuration / .milliseconds(1)))" },
    // `become UID`: continues as another user.
    "become": { request, _ in
        let user: uid_t = try request.number(0)
        guard setgroups(0, nil) == 0, setgid(user) == 0, setuid(user) == 0 else { throw Misuse("no user \(user)") }
        return ""
    },
    // Ends at once, without a shutdown.
    "exit": { request, _ in _exit(try request.number(0, as: CInt.self)) },
    "fork": forkChild,
]

/// `start primary|secondary|either [EAL's options]`: starts DPDK in this role, and answers with the role.
@Sendable private func start(_ request: Request, _ session: Session) throws -> String {
    let arguments = try EALArguments(commandLine: ["TestPeer"] + request.words.dropFirst())
    switch try request.word(0) {
    case "primary": session.launched(.primary(try PrimaryProcess(arguments)))
    case "secondary": session.launched(.secondary(try SecondaryProcess(arguments)))
    case "either": session.launched(try AutoProcess(arguments))
    case let other: throw Misuse("'\(other)' is no role")
    }
    return if case .primary? = session.launched { "primary" } else { "secondary" }
}

private final class Collected: Sendable {
    let lines = Mutex<[String]>([])
}

@Sendable private func text(_ event: PeerEvent?) -> String {
    event.map { "\($0.kind) \($0.process.pid) \($0.process.slot ?? -1) \($0.process.generation)" } ?? "none"
}

@_silgen_name("fork") private func makeChild() -> pid_t

/// Forks a child that has all of this process's descriptors and lives until the test closes its end of the channel.
@Sendable private func forkChild(_ request: Request, _ session: Session) throws -> String {
    let pid = makeChild()
    guard pid == 0 else { return "\(pid)" }
    var channel = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
    unsafe _ = poll(&channel, 1, 60_000)
    _exit(0)
}
