internal import CDPDK
internal import Glibc
internal import Synchronization

/// This process as a member of its group. EAL starts once in a process, so there is at most one member.
final class Member: Sendable {
    let role: EALArguments.Role
    let filePrefix: String
    let registry: Registry
    let locks: RecordLocks
    let holder: Holder
    let identity: ProcessIdentity
    let lcores: [Int]
    /// The time when EAL began to start, in nanoseconds of the machine's monotonic clock.
    let startTime: UInt64
    /// The folders of hugetlbfs that have a primary's hugepage files.
    let hugepageDirectories: [String]
    /// Whether the primary did not answer when this secondary attached. If so, its devices are not known here.
    let primaryWasSilent: Bool
    /// What this process has seen of the others.
    let peers: PeerLog

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
        peers = PeerLog(registry, for: holder, locks)
    }
}

// MARK: - The member of this process

extension Member {
    enum State {
        case notStarted
        case starting
        case running(Member)
        /// The start failed after EAL had been called. DPDK cannot undo that.
        case failed
        case shutDown

        fileprivate func requireRunning() throws(DPDKError) -> Member {
            switch self {
            case .running(let member): return member
            case .shutDown: throw .shutDown
            case .notStarted, .starting, .failed:
                throw DPDKError(
                    .initializationFailed, "EAL", "DPDK is not running in this process",
                    remedy: "Start a PrimaryProcess or a SecondaryProcess first")
            }
        }
    }

    static let state = Mutex<State>(.notStarted)

    /// The member of this process. Throws `.shutDown` or `.initializationFailed` if DPDK does not run here.
    static func current() throws(DPDKError) -> Member {
        try state.withLock { (state) throws(DPDKError) in try state.requireRunning() }
    }

    /// Runs `body` while DPDK cannot shut down. Throws the errors of `current()`.
    ///
    /// It is for code that uses shared memory or EAL without the set-up lock, and without anything that a shutdown
    /// waits for: an end, a burst, an entry of the arena. `body` must be short, and must neither ask for the member nor
    /// take the set-up lock.
    static func whileRunning<Result>(
        _ body: (Member) throws(DPDKError) -> sending Result
    ) throws(DPDKError) -> sending Result {
        try state.withLock { (state) throws(DPDKError) in try body(try state.requireRunning()) }
    }

    static var running: Member? {
        state.withLock { if case .running(let member) = $0 { member } else { nil } }
    }

    /// Begins the one start that a process can have.
    static func beginStart() throws(DPDKError) {
        try state.withLock { (state) throws(DPDKError) in
            switch state {
            case .notStarted: state = .starting
            case .starting, .running:
                throw DPDKError(
                    .alreadyStarted, "EAL", "this process has already started DPDK",
                    remedy: "Use the existing process object; start another process for another group")
            case .failed:
                throw DPDKError(
                    .alreadyStarted, "EAL", "an earlier start in this process failed half-way, and DPDK cannot undo it",
                    remedy: "Fix what the first error named, and start a new process")
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
            .shutDown, "EAL", "this process has shut DPDK down, and DPDK can start only once in a process",
            remedy: "Start a new process")
    }
}
