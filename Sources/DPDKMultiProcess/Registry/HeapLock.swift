internal import CDPDK
internal import Synchronization

/// The lock of DPDK's heaps, as the primary sees it. A process that was killed in the middle of its start may have left
/// it taken, and the control thread frees it then.
enum HeapLock {
    /// Whether the death has left a heap in disorder, so that nobody can use it any more.
    static let isDamaged = Atomic(false)

    /// Waits until the lock is free, or is at least not a dead process's. Throws `.groupDamaged` if it never will be.
    static func awaitRepair() throws(DPDKError) {
        let locked = cdpdk_heap_locked()
        while locked != 0, cdpdk_heap_locked() == locked {
            guard !isDamaged.load(ordering: .relaxed) else {
                throw DPDKError(
                    .groupDamaged, "DPDK's memory", "a process that was killed in its start has left it in disorder",
                    remedy: "End all processes of the group, and start it anew")
            }
            cdpdk_sleep_microseconds(1_000)
        }
    }
}
