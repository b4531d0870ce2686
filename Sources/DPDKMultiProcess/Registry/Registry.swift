internal import CDPDK
internal import Glibc
internal import Synchronization

/// The group's shared registry: the attached processes, the named objects with their layouts, and the claims on them.
///
/// The registry is one memory zone. A process of any build may have written to it, so everything read from it is
/// validated: wrong data leads to a typed error, never to a crash. Entries change only under the set-up lock, but
/// claims are released without it.
@safe final class Registry: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let locks: RecordLocks
    private let localSetUp = Mutex<Void>(())
    /// Held while the memory of an object is freed, or is looked into for what dead processes left.
    let freeing = Mutex<Void>(())
    private let isClosed = Atomic(false)

    static let processCount = Int(CDPDK_REGISTRY_PROCESSES)
    static let objectCount = Int(CDPDK_REGISTRY_OBJECTS)
    static let claimCount = Int(CDPDK_REGISTRY_CLAIMS)

    /// How long a secondary waits for the registry of a primary that is starting.
    static let openPatience: Duration = .milliseconds(800)

    private init(base: UnsafeMutableRawPointer, locks: RecordLocks) {
        unsafe self.base = base
        self.locks = locks
    }

    /// Creates the registry of a new group, or maps the existing one.
    ///
    /// If the primary does not use this library, the first process that does creates the registry.
    ///
    /// `arenas` are the addresses of the first chunks of all processes' arenas, if the primary has reserved them.
    static func open(
        asPrimary: Bool, locks: RecordLocks, arenas: [UInt64] = []
    ) throws(DPDKError) -> Registry {
        // A primary that uses this library creates the registry. EAL lets secondaries attach a moment before that.
        let isMade = !asPrimary && locks.holder(of: .slot(0)) != nil
        let deadline = ContinuousClock.now + Self.openPatience
        while true {
            let registry = try locks.whileSettingUp { () throws(DPDKError) in
                try map(locks, making: !isMade, asPrimary: asPrimary, arenas)
            }
            if let registry {
                try registry.validateHeader()
                return registry
            }
            guard ContinuousClock.now < deadline else { throw .noRegistry }
            cdpdk_sleep_microseconds(500)
        }
    }

    /// Maps the registry. If it is missing, this creates it if `making` is true, and else returns nil. The set-up lock
    /// is held.
    private static func map(
        _ locks: RecordLocks, making: Bool, asPrimary: Bool, _ arenas: [UInt64]
    ) throws(DPDKError) -> Registry? {
        let size = cdpdk_registry_size()
        var zone = unsafe cdpdk_memzone_view()
        var isNew = false
        if unsafe cdpdk_memzone_lookup(CDPDK_REGISTRY_ZONE, &zone) != 0 {
            guard making else { return nil }
            let status = unsafe cdpdk_memzone_reserve(CDPDK_REGISTRY_ZONE, size, -1, &zone)
            guard status == 0 else {
                throw .outOfMemory("shared registry", byteCount: Int(size), RTEErrno(rawValue: status))
            }
            isNew = true
        }
        guard let address = unsafe zone.address, unsafe zone.length >= size else {
            throw .corrupted("its memory zone has \(unsafe zone.length) bytes, but \(size) are needed")
        }
        unsafe cdpdk_memzone_find_table(zone.zone)
        let registry = unsafe Registry(base: address, locks: locks)
        // New memory may still hold an earlier group's registry. A registry without a magic number is unfinished,
        // because the process that created it died.
        if unsafe isNew || cdpdk_load_acquire_64(&registry.header.pointee.magic) == 0 {
            guard making else { return nil }
            registry.initialize(asPrimary: asPrimary, arenas)
        }
        return registry
    }

    private func initialize(asPrimary: Bool, _ arenas: [UInt64]) {
        let header = unsafe self.header
        unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: Int(cdpdk_registry_size()))
        unsafe header.pointee.format = CDPDK_REGISTRY_FORMAT
        unsafe header.pointee.size = UInt32(cdpdk_registry_size())
        unsafe header.pointee.processes = CDPDK_REGISTRY_PROCESSES
        unsafe header.pointee.objects = CDPDK_REGISTRY_OBJECTS
        unsafe header.pointee.claims = CDPDK_REGISTRY_CLAIMS
        unsafe header.pointee.has_primary = asPrimary ? 1 : 0
        unsafe header.pointee.library_set = cdpdk_library_set()
        unsafe withUnsafeMutableBytes(of: &header.pointee.dpdk_version) { bytes in
            unsafe SharedText.write(String(cString: cdpdk_version_string()), to: bytes)
        }
        for (slot, address) in arenas.enumerated() {
            unsafe cdpdk_registry_arena(processEntry(slot), 0).pointee = address
        }
        unsafe cdpdk_store_release_64(&header.pointee.magic, CDPDK_REGISTRY_MAGIC)
    }

    private func validateHeader() throws(DPDKError) {
        let header = unsafe self.header
        guard unsafe cdpdk_load_acquire_64(&header.pointee.magic) == CDPDK_REGISTRY_MAGIC else {
            throw .corrupted("it does not begin with the magic number")
        }
        let format = unsafe header.pointee.format
        guard format == CDPDK_REGISTRY_FORMAT else {
            throw DPDKError(
                .registryVersionMismatch, "shared registry",
                "the group uses format \(format), but this process uses format \(CDPDK_REGISTRY_FORMAT)",
                remedy: "Build all programs of the group with the same version of DPDKMultiProcess")
        }
        guard
            unsafe header.pointee.processes == CDPDK_REGISTRY_PROCESSES
                && header.pointee.objects == CDPDK_REGISTRY_OBJECTS
                && header.pointee.claims == CDPDK_REGISTRY_CLAIMS
                && UInt64(header.pointee.size) == cdpdk_registry_size()
        else {
            throw .corrupted("its tables do not have the sizes of format \(format)")
        }
        let ours = cdpdk_library_set()
        let theirs = unsafe header.pointee.library_set
        guard ours == theirs else {
            let version = unsafe withUnsafeBytes(of: header.pointee.dpdk_version) { unsafe SharedText.read($0) }
            throw DPDKError(
                .versionMismatch, "DPDK libraries",
                "this process has other mempool operations than the process that started the group"
                    + " (\(version ?? "of unknown version"))",
                remedy: "Run all programs of the group with the same DPDK installation and the same -d options")
        }
    }

    /// Whether the primary uses this library. It frees what dead processes leave.
    var hasPrimary: Bool { unsafe header.pointee.has_primary == 1 }

    /// Whether the primary has asked the secondaries to leave.
    var isEnding: Bool { unsafe cdpdk_load_relaxed_32(&header.pointee.is_ending) != 0 }

    /// Asks them, for good.
    func beginEnding() { unsafe cdpdk_store_relaxed_32(&header.pointee.is_ending, 1) }
}

// MARK: - Tables

extension Registry {
    private var header: UnsafeMutablePointer<cdpdk_registry_header> {
        unsafe base.assumingMemoryBound(to: cdpdk_registry_header.self)
    }

    /// Grows each time that an object is made or removed.
    var changes: UnsafeMutablePointer<UInt64> { unsafe cdpdk_registry_changes(header) }

    func processEntry(_ slot: Int) -> UnsafeMutablePointer<cdpdk_registry_process> {
        unsafe cdpdk_registry_processes(base) + slot
    }

    func objectEntry(_ index: Int) -> UnsafeMutablePointer<cdpdk_registry_object> {
        unsafe cdpdk_registry_objects(base) + index
    }

    func claimEntry(_ index: Int) -> UnsafeMutablePointer<cdpdk_registry_claim> {
        unsafe cdpdk_registry_claims(base) + index
    }
}

// MARK: - The set-up lock

extension Registry {
    /// Runs `body` under the set-up lock, which excludes other processes of the group and other threads of this one.
    ///
    /// The kernel frees the lock if its holder dies. Throws `.shutDown` after `close()`.
    func withSetUpLock<Result>(
        until deadline: ContinuousClock.Instant = .now + RecordLocks.patience,
        _ body: () throws(DPDKError) -> Result
    ) throws(DPDKError) -> Result {
        try localSetUp.withLock { (_) throws(DPDKError) -> Result in
            guard !isClosed.load(ordering: .relaxed) else { throw .shutDown }
            return try locks.whileSettingUp(until: deadline, naming: identity(pid:), body)
        }
    }

    /// Runs `body`, which may reserve or free memory, under the set-up lock, while no secondary starts, and when no
    /// dead process has a lock that it needs.
    func whileMemoryChanges<Result>(_ body: () throws(DPDKError) -> Result) throws(DPDKError) -> Result {
        try EALLock.refuseIfDamaged()
        let deadline = ContinuousClock.now + RecordLocks.patience
        return try locks.whileNobodyStarts(until: deadline) { () throws(DPDKError) in
            try withSetUpLock(until: deadline) { () throws(DPDKError) in
                try EALLock.whileUsed(until: deadline, body)
            }
        }
    }

    /// Ends the use of the registry in this process: `withSetUpLock` fails from now on. The set-up lock is held.
    func close() { isClosed.store(true, ordering: .relaxed) }
}
