internal import CDPDK
internal import Glibc
internal import Synchronization

/// The record locks that say which process slots, lcore ids and set-up sections are taken.
///
/// A record lock ends with the process that holds it, also when that is killed, and it survives nothing else: a forked
/// child does not inherit it. Each process opens the file exactly once, since closing any descriptor of it would drop
/// all locks of the process.
struct RecordLocks: Sendable {
    private let descriptor: CInt
    let path: String

    /// The one that this process has open: starting may be tried several times.
    private static let opened = Mutex<RecordLocks?>(nil)

    /// Opens the lock file of a runtime directory, which must exist; before EAL is started.
    static func open(in runtimeDirectory: String) throws(DPDKError) -> RecordLocks {
        try opened.withLock { (opened) throws(DPDKError) in
            if let opened, opened.isStill(in: runtimeDirectory) { return opened }
            // Nothing was started with the file that was opened before, so no lock is lost with it.
            if let opened { _ = close(opened.descriptor) }
            opened = nil
            let file = try RecordLocks(in: runtimeDirectory)
            opened = file
            return file
        }
    }

    /// Whether it is the lock file of the registry, and has not been removed since.
    private func isStill(in runtimeDirectory: String) -> Bool {
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

    /// Takes a byte; false where another process has it, or where the kernel does not answer.
    func take(_ byte: Byte) -> Bool { cdpdk_lock_take(descriptor, byte.offset) == 0 }

    func release(_ byte: Byte) { _ = cdpdk_lock_release(descriptor, byte.offset) }

    /// The other process that has a byte, by pid (0 in another pid namespace); nil where none has.
    ///
    /// Where the kernel does not answer, for instance since the program has closed all its descriptors, a byte counts
    /// as held: what belongs to a living process must not be freed.
    func holder(of byte: Byte) -> Int32? {
        var pid: Int32 = 0
        return unsafe cdpdk_lock_probe(descriptor, byte.offset, &pid) == 0 ? nil : pid
    }

    /// How long a set-up section may take before others give up on it.
    private static let setUpPatience: Duration = .seconds(10)

    /// Runs `body` while this process has the byte of set-up; the death of its holder frees it.
    ///
    /// It does not keep other threads of this process out.
    func whileSettingUp<Result>(
        naming identity: (Int32) -> ProcessIdentity = { ProcessIdentity(pid: $0) },
        _ body: () throws(DPDKError) -> Result
    ) throws(DPDKError) -> Result {
        let deadline = ContinuousClock.now + Self.setUpPatience
        var pause: UInt32 = 20
        while !take(.setUp) {
            if ContinuousClock.now > deadline {
                throw DPDKError(
                    .setUpLockTimeout, "set-up lock '\(path)'",
                    "another process of the group has been setting something up for \(Self.setUpPatience)",
                    remedy: "See what that process is doing; end it if it is stopped or hangs",
                    holders: [identity(holder(of: .setUp) ?? 0)])
            }
            cdpdk_sleep_microseconds(pause)
            pause = min(pause * 2, 2_000)
        }
        defer { release(.setUp) }
        return try body()
    }

    enum Byte {
        case slot(Int)
        case lcore(Int)
        case setUp

        var offset: Int64 {
            switch self {
            case .slot(let slot): Int64(CDPDK_LOCK_BYTE_SLOT) + Int64(slot)
            case .lcore(let lcore): Int64(CDPDK_LOCK_BYTE_LCORE) + Int64(lcore)
            case .setUp: Int64(CDPDK_LOCK_BYTE_SETUP)
            }
        }
    }
}
