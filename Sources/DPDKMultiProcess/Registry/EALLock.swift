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
        case .zones: cdpdk_memlock_is_taken() || cdpdk_heap_locked() != 0 || Self.uses.load(ordering: .acquiring) > 0
        }
    }

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

    /// Runs `body`, which reserves or frees memory, when no dead process has a lock. The caller keeps secondaries from
    /// starting. Throws `.groupDamaged` if a lock can never be free.
    static func whileUsed<Result>(_ body: () throws(DPDKError) -> Result) throws(DPDKError) -> Result {
        for lock in allCases { try lock.awaitRepair() }
        uses.add(1, ordering: .acquiringAndReleasing)
        defer { uses.subtract(1, ordering: .acquiringAndReleasing) }
        return try body()
    }

    private func awaitRepair() throws(DPDKError) {
        let taken = value
        while taken != 0, value == taken {
            guard self != .heap || !Self.isHeapDamaged.load(ordering: .relaxed) else {
                throw DPDKError(
                    .groupDamaged, "DPDK's memory", "a process that was killed in its start has left it in disorder",
                    remedy: "End all processes of the group, and start it anew")
            }
            cdpdk_sleep_microseconds(1_000)
        }
    }
}
