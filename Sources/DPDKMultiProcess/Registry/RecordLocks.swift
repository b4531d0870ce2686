internal import CDPDK
internal import Glibc
internal import Synchronization

/// The record locks that say which process slots, lcore ids and set-up sections are taken.
///
/// The kernel frees a record lock when its process ends, also by a kill, and a forked child does not inherit it. Each
/// process opens the file exactly once, because closing any descriptor of the file frees all locks of the process.
struct RecordLocks: Sendable {
    private let descriptor: CInt
    let path: String

    /// The lock file that this process has open. A start may be tried several times.
    private static let opened = Mutex<RecordLocks?>(nil)

    /// Opens the lock file of a runtime directory, which must exist. It is called before EAL starts.
    static func open(in runtimeDirectory: String) throws(DPDKError) -> RecordLocks {
        try opened.withLock { (opened) throws(DPDKError) in
            if let opened, opened.isStill(in: runtimeDirectory) { return opened }
            // The start with the earlier file did not succeed, so this loses no lock.
            if let opened { _ = close(opened.descriptor) }
            opened = nil
            let file = try RecordLocks(in: runtimeDirectory)
            opened = file
            return file
        }
    }

    /// Whether this is the lock file of the runtime directory, and has not been removed since it was opened.
    func isStill(in runtimeDirectory: String) -> Bool {
        guard path == Self.path(in: runtimeDirectory), let named = SystemFile.identity(path) else { return false }
        return named == SystemFile.identity(descriptor)
    }

    private static func path(in runtimeDirectory: String) -> String { runtimeDirectory + "/" + CDPDK_LOCK_FILE }

    private init(in runtimeDirectory: String) throws(DPDKError) {
        path = Self.path(in: runtimeDirectory)
        descriptor = unsafe cdpdk_lock_open(path)
        if descriptor < 0 {
            let error = RTEErrno(rawValue: descriptor)
            throw DPDKError(
                error.isPermission ? .permissionDenied : .initializationFailed, "lock file '\(path)'",
                "it could not be opened",
                remedy: "Run as the user who owns the runtime directory, or choose another --file-prefix",
                underlying: error)
        }
    }

    /// Locks a byte. The result is false if another process has it, or if the kernel does not answer.
    func take(_ byte: Byte) -> Bool { cdpdk_lock_take(descriptor, byte.offset) == 0 }

    func release(_ byte: Byte) { _ = cdpdk_lock_release(descriptor, byte.offset) }

    /// The pid of the other process that has a byte, 0 in another pid namespace; nil if no process has it.
    ///
    /// If the kernel does not answer, for instance because the program has closed all descriptors, the byte counts as
    /// held, so that nothing of a live process is freed.
    func holder(of byte: Byte) -> Int32? {
        var pid: Int32 = 0
        return unsafe cdpdk_lock_probe(descriptor, byte.offset, &pid) == 0 ? nil : pid
    }

    /// The pids of all processes that have a byte: those with this library, from before they start EAL on.
    var users: Set<Int32> { FileLocks.holdersOfBytes(descriptor) }

    /// How long a process waits for the locks of one call.
    static let patience: Duration = .seconds(10)

    /// Runs `body` while this process holds the set-up lock. The kernel frees the lock if its holder dies.
    ///
    /// The lock does not exclude other threads of this process.
    func whileSettingUp<Result>(
        until deadline: ContinuousClock.Instant = .now + patience,
        naming identity: (Int32) -> ProcessIdentity = { ProcessIdentity(pid: $0) },
        _ body: () throws(DPDKError) -> Result
    ) throws(DPDKError) -> Result {
        try wait(for: .setUp, until: deadline, naming: identity) { take(.setUp) }
        defer { release(.setUp) }
        return try body()
    }

    /// Runs `body`, a start of EAL in a secondary, while the primary reserves, frees and repairs nothing.
    func whileStarting<Result>(_ body: () throws(DPDKError) -> Result) throws(DPDKError) -> Result {
        let deadline = ContinuousClock.now + Self.patience
        try throughGate(until: deadline) { () throws(DPDKError) in
            try wait(for: .start, until: deadline) { cdpdk_lock_share(descriptor, Byte.start.offset) == 0 }
        }
        defer { release(.start) }
        return try body()
    }

    /// Runs `body` while no secondary starts EAL.
    ///
    /// To reserve or free memory takes locks of EAL that a start takes in another order.
    func whileNobodyStarts<Result>(
        until deadline: ContinuousClock.Instant = .now + patience, _ body: () throws(DPDKError) -> Result
    ) throws(DPDKError) -> Result {
        try throughGate(until: deadline) { () throws(DPDKError) in
            try wait(for: .start, until: deadline) { holdStarts() }
        }
        defer { allowStarts() }
        return try body()
    }

    /// Lets one process at a time wait for `.start`, so that starts, which share it, do not overtake for ever one that
    /// waits until nobody starts.
    private func throughGate(
        until deadline: ContinuousClock.Instant, _ enter: () throws(DPDKError) -> Void
    ) throws(DPDKError) {
        try wait(for: .gate, until: deadline) { take(.gate) }
        defer { release(.gate) }
        try enter()
    }

    /// How many of the primary's threads keep secondaries from starting. A record lock is the whole process's.
    private static let startHolds = Mutex(0)

    /// Keeps secondaries from starting EAL until `allowStarts()`, unless one is starting.
    func holdStarts() -> Bool {
        Self.startHolds.withLock { holds in
            guard holds > 0 || take(.start) else { return false }
            holds += 1
            return true
        }
    }

    func allowStarts() {
        Self.startHolds.withLock { holds in
            holds -= 1
            if holds == 0 { release(.start) }
        }
    }

    /// Waits until `take` has taken a byte.
    private func wait(
        for byte: Byte, until deadline: ContinuousClock.Instant,
        naming identity: (Int32) -> ProcessIdentity = { ProcessIdentity(pid: $0) }, _ take: () -> Bool
    ) throws(DPDKError) {
        var pause: UInt32 = 20
        while !take() {
            if ContinuousClock.now > deadline {
                throw DPDKError(
                    .setUpLockTimeout, "set-up lock '\(path)'",
                    "another process of the group has held it for too long: this one has waited for \(Self.patience)",
                    remedy: "Check what that process is doing, and end it if it is stopped or hangs",
                    holders: [identity(holder(of: byte) ?? 0)])
            }
            cdpdk_sleep_microseconds(pause)
            pause = min(pause * 2, 2_000)
        }
    }

    /// A byte of the lock file, and what its lock stands for.
    struct Byte {
        fileprivate let offset: Int64

        static func slot(_ slot: Int) -> Self { Self(offset: Int64(CDPDK_LOCK_BYTE_SLOT) + Int64(slot)) }
        static func lcore(_ lcore: Int) -> Self { Self(offset: Int64(CDPDK_LOCK_BYTE_LCORE) + Int64(lcore)) }
        static let setUp = Self(offset: Int64(CDPDK_LOCK_BYTE_SETUP))
        /// Shared by secondaries while EAL starts in them.
        static let start = Self(offset: Int64(CDPDK_LOCK_BYTE_START))
        /// Of the process that waits for `start`.
        static let gate = Self(offset: Int64(CDPDK_LOCK_BYTE_GATE))
    }
}
