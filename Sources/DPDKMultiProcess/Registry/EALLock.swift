internal import CDPDK
internal import Synchronization

/// A lock of EAL in shared memory, as the primary sees it.
///
/// A process that was killed in the middle of its start may have left it taken, and the control thread frees it then.
enum EALLock: CaseIterable {
    /// Of DPDK's heaps, taken to allocate and to free.
    case heap
    /// Of the list of memory zones.
    case zones

    /// 0 while nobody has the lock; else a number that stays the same if it is never let go of.
    var value: UInt64 {
        switch self {
        case .heap: cdpdk_heap_locked()
        case .zones: UInt64(cdpdk_zonelock())
        }
    }

    /// Whether a live process may have the lock for longer than microseconds.
    var mayBeHeldLong: Bool {
        switch self {
        case .heap: cdpdk_memlock_is_written()
        // To reserve a zone takes the other locks, too.
        case .zones:
            cdpdk_memlock_is_written() || cdpdk_heap_locked() != 0 || Self.uses.load(ordering: .acquiring) > 0
        }
    }

    /// Whether those who have the lock read. A program in C that prints the list does so for as long as that takes.
    func isRead(_ value: UInt64) -> Bool { self == .zones && cdpdk_zonelock_is_read(UInt32(value)) }

    /// Frees the lock of a dead process.
    func free(_ value: UInt64) {
        switch self {
        case .heap: if !cdpdk_heap_unlock() { Self.isHeapDamaged.store(true, ordering: .relaxed) }
        case .zones: cdpdk_zonelock_free(UInt32(value))
        }
    }

    /// Whether a death has left a heap in disorder, so that nobody can use it any more.
    static let isHeapDamaged = Atomic(false)

    /// How many threads of this process are reserving or freeing memory.
    private static let uses = Atomic(0)

    /// Runs `body`, which reserves or frees memory, when no dead process has one of these locks.
    ///
    /// The caller keeps secondaries from starting, and has the set-up lock, under which they look for zones: nobody
    /// with this library can die with a lock meanwhile.
    static func whileUsed<Result>(
        until deadline: ContinuousClock.Instant, _ body: () throws(DPDKError) -> Result
    ) throws(DPDKError) -> Result {
        for lock in allCases { try lock.awaitRepair(until: deadline) }
        uses.add(1, ordering: .acquiringAndReleasing)
        defer { uses.subtract(1, ordering: .acquiringAndReleasing) }
        return try body()
    }

    /// Waits until the lock is free. The living have it for a moment, and from the dead the control thread takes it.
    func awaitRepair(until deadline: ContinuousClock.Instant) throws(DPDKError) {
        while value != 0 {
            try Self.refuseIfDamaged()
            guard ContinuousClock.now < deadline else {
                throw DPDKError(
                    .setUpLockTimeout, "DPDK's memory", "another process of the group is using it for too long",
                    remedy: "Check whether a process of the group is stopped, and let it go on or end it")
            }
            cdpdk_sleep_microseconds(1_000)
        }
    }

    /// Throws `.groupDamaged` if a death has left a heap in disorder.
    static func refuseIfDamaged() throws(DPDKError) {
        guard isHeapDamaged.load(ordering: .relaxed) else { return }
        throw DPDKError(
            .groupDamaged, "DPDK's memory", "a process that was killed in its start has left it in disorder",
            remedy: "End all processes of the group, and start it anew")
    }
}
