internal import CDPDK
internal import Synchronization

/// The CPUs of this process: EAL pins the thread that starts it to the main lcore's CPU, and all threads and processes
/// that the thread makes afterwards inherit that CPU.
struct Pinning {
    /// The thread that starts EAL.
    private let thread = cdpdk_thread_id()
    /// The CPUs that it could run on before.
    private let formerCPUs: [Int]
    /// The CPUs for control threads: those that no lcore of this process uses, or all if there are no others.
    ///
    /// The corresponding C function is `compute_ctrl_threads_cpuset`.
    private let controlCPUs: [Int]

    private static let current = Mutex<Pinning?>(nil)

    /// Notes the CPUs of the calling thread, before EAL pins it.
    static func begin(_ lcores: [LcoreAssignment], on machine: Machine) {
        let used = Set(lcores.flatMap(\.cpus))
        let others = machine.cpus.filter { !used.contains($0) }
        let pinning = Pinning(formerCPUs: machine.cpus, controlCPUs: others.isEmpty ? machine.cpus : others)
        current.withLock { $0 = pinning }
    }

    /// Moves the calling thread to the CPUs for control threads.
    static func moveToControlCPUs() {
        if let pinning = current.withLock(\.self) { set(pinning.controlCPUs, of: 0) }
    }

    /// Moves the thread that started EAL back to its former CPUs.
    static func end() {
        guard let pinning = current.withLock({ $0.take() }) else { return }
        // The thread may have ended, and its number may belong to a thread of another process.
        if SystemFile.identity("/proc/self/task/\(pinning.thread)") != nil {
            set(pinning.formerCPUs, of: pinning.thread)
        }
    }

    private static func set(_ cpus: [Int], of thread: Int32) {
        // This fails, without harm, if the system has taken the CPUs away meanwhile.
        _ = unsafe cdpdk_set_affinity(thread, cpus.map { CInt($0) }, cpus.count)
    }
}
