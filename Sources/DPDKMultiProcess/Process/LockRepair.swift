internal import CDPDK
internal import Synchronization

/// Frees a lock of EAL from processes that were killed while they had it: that of the heaps, or that of the zones.
///
/// A live process has it for microseconds, or for as long as the memory grows, or as long as another lock is taken. So
/// if one has not changed in many looks of a second, while nothing of that is so and no process is stopped, its holder
/// is dead.
struct LockRepair {
    private let lock: EALLock
    private var value: UInt64 = 0
    private var since = ContinuousClock.now
    private var lookCount = 0

    private static let patience: Duration = .seconds(1)
    /// Fewer looks in that time would say that this process itself was stopped.
    private static let neededLooks = 40

    init(_ lock: EALLock) { self.lock = lock }

    /// Looks at the lock, on the primary's control thread.
    mutating func look(_ member: Member) {
        let value = lock.value
        guard value != 0, value == self.value, !lock.mayBeHeldLong else {
            self.value = value
            since = .now
            lookCount = 0
            return
        }
        lookCount += 1
        guard lookCount >= Self.neededLooks, since.duration(to: .now) > Self.patience, !Self.isAnyStopped(),
            !lock.isRead(value) || !member.hasForeignProcesses
        else { return }
        lock.free(value)
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
