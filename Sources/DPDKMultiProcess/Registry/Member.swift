internal import CDPDK
internal import Glibc
internal import Synchronization

/// What this process is in its group. EAL starts once in a process, so there is one of it at most.
final class Member: Sendable {
    let role: EALArguments.Role
    let filePrefix: String
    let registry: Registry
    let locks: RecordLocks
    let holder: Holder
    let identity: ProcessIdentity
    let lcores: [Int]
    /// When EAL began to start, in nanoseconds of the machine's monotonic clock.
    let startTime: UInt64
    /// The folders of hugetlbfs in which a primary's hugepage files are.
    let hugepageDirectories: [String]
    /// Whether the primary did not answer while this process, a secondary, attached: its devices are not known then.
    let primaryWasSilent: Bool

    init(
        role: EALArguments.Role, filePrefix: String, registry: Registry, locks: RecordLocks, holder: Holder,
        identity: ProcessIdentity, lcores: [Int], startTime: UInt64, hugepageDirectories: [String],
        primaryWasSilent: Bool
    ) {
        self.role = role
        self.filePrefix = filePrefix
        self.registry = registry
        self.locks = locks
        self.holder = holder
        self.identity = identity
        self.lcores = lcores
        self.startTime = startTime
        self.hugepageDirectories = hugepageDirectories
        self.primaryWasSilent = primaryWasSilent
    }
}

// MARK: - The one of this process

extension Member {
    enum State {
        case notStarted
        case starting
        case running(Member)
        /// The start failed after EAL had been called, which DPDK does not undo.
        case failed
        case shutDown

        fileprivate func requireRunning() throws(DPDKError) -> Member {
            switch self {
            case .running(let member): return member
            case .shutDown: throw .shutDown
            case .notStarted, .starting, .failed:
                throw DPDKError(
                    .initializationFailed, "EAL", "DPDK is not running in this process",
                    remedy: "Make a PrimaryProcess or a SecondaryProcess first")
            }
        }
    }

    static let state = Mutex<State>(.notStarted)

    /// The member that this process is. Throws `.shutDown` or `.initializationFailed` where it is none.
    static func current() throws(DPDKError) -> Member {
        try state.withLock { (state) throws(DPDKError) in try state.requireRunning() }
    }

    /// Runs `body`, which is short, while no shutdown can pass, or throws as `current()` does.
    ///
    /// For what uses shared memory or EAL and neither is under the set-up lock nor holds anything that a shutdown waits
    /// for: an end, a burst, an entry of the arena. `body` asks for no member, and does not take the set-up lock.
    static func whileRunning<Result>(
        _ body: (Member) throws(DPDKError) -> sending Result
    ) throws(DPDKError) -> sending Result {
        try state.withLock { (state) throws(DPDKError) in try body(try state.requireRunning()) }
    }

    static var running: Member? {
        state.withLock { if case .running(let member) = $0 { member } else { nil } }
    }

    /// Takes the one chance to start that a process has.
    static func beginStart() throws(DPDKError) {
        try state.withLock { (state) throws(DPDKError) in
            switch state {
            case .notStarted: state = .starting
            case .starting, .running:
                throw DPDKError(
                    .alreadyStarted, "EAL", "this process has started DPDK already",
                    remedy: "Use the process object that there is; start another process for another group")
            case .failed:
                throw DPDKError(
                    .alreadyStarted, "EAL", "an earlier start in this process failed half-way, which DPDK cannot undo",
                    remedy: "Mend what the first error named, and start a new process")
            case .shutDown: throw .shutDown
            }
        }
    }

    static func endStart(_ next: State) {
        state.withLock { $0 = next }
    }
}

extension DPDKError {
    static var shutDown: DPDKError {
        DPDKError(
            .shutDown, "EAL", "this process has shut DPDK down, and DPDK starts once in a process",
            remedy: "Start a new process")
    }
}
