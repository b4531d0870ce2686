internal import CDPDK
internal import Glibc

/// Frees EAL's lock on memory from secondaries that were killed in the middle of their start.
///
/// Each has it for reading during all of its start, and its death would stop the group as soon as the memory grows. A
/// secondary with this library has the byte `.start` of the lock file meanwhile. So if the primary has that byte, no
/// such secondary starts, and readers of which nothing is heard for a second are dead.
struct MemoryLockRepair {
    private var readers: UInt32 = 0
    private var lastChange = ContinuousClock.now
    private var hasStartByte = false

    private static let patience: Duration = .seconds(1)
    /// How long a start may wait behind one that wants to write, and that a dead one keeps waiting.
    private static let startPatience: Duration = .milliseconds(500)

    /// Looks at the lock, on the primary's control thread.
    mutating func look(_ member: Member) {
        let readers = cdpdk_memlock_readers()
        if readers != self.readers {
            self.readers = readers
            lastChange = .now
        } else if readers > 0, !hasStartByte, member.locks.holdStarts() {
            hasStartByte = true
            lastChange = .now
        }
        let age = lastChange.duration(to: .now)
        if readers > 0, !hasStartByte, age > Self.startPatience {
            cdpdk_memlock_admit_readers()
        } else if readers > 0, hasStartByte, age > Self.patience, !Self.hasOthers(member) {
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

    /// Whether processes without this library are attached, whose starts cannot be seen.
    private static func hasOthers(_ member: Member) -> Bool {
        let known = (0..<Registry.processCount).compactMap { member.locks.holder(of: .slot($0)) } + [getpid()]
        let directory = unsafe String(cString: cdpdk_runtime_directory())
        return !GroupFiles.memoryUsers(in: directory).allSatisfy(known.contains)
    }
}
