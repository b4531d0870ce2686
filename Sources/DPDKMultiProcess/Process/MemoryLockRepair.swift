internal import CDPDK
internal import Glibc

/// Frees EAL's lock on memory from secondaries that were killed in the middle of their start.
///
/// Each has it for reading during most of its start, and its death would stop the group as soon as the memory grows. A
/// secondary with this library has the byte `.start` of the lock file meanwhile. So if the primary has that byte, no
/// such secondary starts, and readers of which nothing is heard for a second are dead.
struct MemoryLockRepair {
    private var readers: UInt32 = 0
    /// Whether one waits for nobody: it would have the lock by now if it lived.
    private var isAwaited = false
    private var lastChange = ContinuousClock.now
    private var hasStartByte = false

    private static let patience: Duration = .seconds(1)
    /// How long a start may wait behind one that wants to write, and that a dead one keeps waiting.
    private static let startPatience: Duration = .milliseconds(500)

    /// Looks at the lock, on the primary's control thread.
    mutating func look(_ member: Member) {
        let (readers, isAwaited) = (cdpdk_memlock_readers(), cdpdk_memlock_is_awaited())
        if (readers, isAwaited) != (self.readers, self.isAwaited) {
            (self.readers, self.isAwaited) = (readers, isAwaited)
            lastChange = .now
        } else if readers > 0, !hasStartByte, member.locks.holdStarts() {
            hasStartByte = true
            lastChange = .now
        }
        let age = lastChange.duration(to: .now)
        if readers > 0 && !hasStartByte || isAwaited, age > Self.startPatience {
            cdpdk_memlock_admit_readers()
        } else if readers > 0, hasStartByte, age > Self.patience, !member.hasForeignProcesses {
            _ = cdpdk_memlock_drop_readers(readers)
        } else if readers > 0, age <= Self.patience {
            return
        }
        end(member)
    }

    /// Waits until the control thread has taken the lock from the dead, while no secondary starts.
    static func awaitEnd() {
        let deadline = ContinuousClock.now + patience * 3
        while cdpdk_memlock_readers() > 0, ContinuousClock.now < deadline { cdpdk_sleep_microseconds(1_000) }
    }

    /// Lets secondaries start again.
    mutating func end(_ member: Member) {
        if hasStartByte { member.locks.allowStarts() }
        hasStartByte = false
    }
}

extension Member {
    /// Whether processes without this library are attached, whose starts cannot be seen.
    var hasForeignProcesses: Bool {
        let ours = locks.users
        let directory = unsafe String(cString: cdpdk_runtime_directory())
        return !GroupFiles.memoryUsers(in: directory).allSatisfy(ours.contains)
    }
}
