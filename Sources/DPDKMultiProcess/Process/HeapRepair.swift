internal import CDPDK
internal import Synchronization

/// Frees the lock of DPDK's heaps from processes that were killed while they held it.
///
/// A live process has it for microseconds, or for as long as the memory grows. So if a locked heap has not changed in
/// many looks of a second, while the memory does not grow and no process is stopped, who has locked it is dead.
struct HeapRepair {
    private var locked: UInt64 = 0
    private var since = ContinuousClock.now
    private var lookCount = 0

    private static let patience: Duration = .seconds(1)
    /// Fewer looks in that time would say that this process itself was stopped.
    private static let neededLooks = 40

    /// Looks at the lock, on the primary's control thread.
    mutating func look(_ member: Member) {
        let locked = cdpdk_heap_locked()
        guard locked != 0, locked == self.locked, !cdpdk_memlock_is_written() else {
            self.locked = locked
            since = .now
            lookCount = 0
            return
        }
        lookCount += 1
        guard lookCount >= Self.neededLooks, since.duration(to: .now) > Self.patience, !Self.isAnyStopped() else {
            return
        }
        if !cdpdk_heap_unlock() { HeapLock.isDamaged.store(true, ordering: .relaxed) }
    }

    /// Whether a process that uses the group's memory is stopped, or cannot be asked. It may have the lock.
    private static func isAnyStopped() -> Bool {
        GroupFiles.memoryUsers(in: unsafe String(cString: cdpdk_runtime_directory())).contains { pid in
            guard pid > 0, let status = SystemFile.text("/proc/\(pid)/stat") else { return pid == 0 }
            // The state is the word behind the name, which may itself contain a parenthesis.
            return status.split(separator: ")").last?.drop { $0 == " " }.first.map { "Tt".contains($0) } ?? false
        }
    }
}
