internal import CDPDK
internal import Synchronization

/// What EAL's start does to the calling thread: it pins the thread to the main lcore's CPU, which all threads and
/// processes inherit that the thread makes from then on.
struct Pinning {
    /// The thread that starts EAL.
    private let thread = cdpdk_thread_id()
    /// Where it ran before.
    private let formerCPUs: [Int]
    /// The CPUs for control threads: those that no lcore of this process is on, or all if there are no others.
    ///
    /// The corresponding C function is `compute_ctrl_threads_cpuset`.
    private let controlCPUs: [Int]

    private static let current = Mutex<Pinning?>(nil)

    /// Notes where the calling thread runs, before EAL pins it.
    static func begin(_ lcores: [LcoreAssignment], on machine: Machine) {
        let used = Set(lcores.flatMap(\.cpus))
        let others = machine.cpus.filter { !used.contains($0) }
        let pinning = Pinning(formerCPUs: machine.cpus, controlCPUs: others.isEmpty ? machine.cpus : others)
        current.withLock { $0 = pinning }
    }

    /// Has the calling thread run on the CPUs for control threads.
    static func moveToControlCPUs() {
        if let pinning = current.withLock(\.self) { set(pinning.controlCPUs, of: 0) }
    }

    /// Has the thread that started EAL run again where it ran before.
    static func end() {
        guard let pinning = current.withLock({ $0.take() }) else { return }
        // It may have ended, and its number may be that of another process's thread.
        if SystemFile.identity("/proc/self/task/\(pinning.thread)") != nil {
            set(pinning.formerCPUs, of: pinning.thread)
        }
    }

    private static func set(_ cpus: [Int], of thread: Int32) {
        // In vain if the machine has taken the CPUs away meanwhile.
        _ = unsafe cdpdk_set_affinity(thread, cpus.map { CInt($0) }, cpus.count)
    }
}
