public import CDPDK

/// A logical core of this process: a thread of EAL's, pinned to one or more CPUs.
///
/// No two processes of a group may use the same lcore id, since packet pools keep a cache for each id. Processes of
/// different groups may.
public struct Lcore: Hashable, Sendable, Identifiable {
    /// The lcore's id, 0 to 127.
    public let id: Int

    /// Whether this is the thread that started EAL, which runs the program itself and cannot be given work.
    public let isMain: Bool

    /// The first CPU that the lcore is pinned to, or nil if EAL does not say.
    public let cpu: Int?

    /// All lcores of this process, the main one first.
    static var all: [Lcore] {
        guard let member = Member.running else { return [] }
        let main = Int(cdpdk_main_lcore())
        return member.lcores.filter { cdpdk_lcore_is_enabled(UInt32($0)) }
            .map { id in
                let cpu = Int(cdpdk_lcore_cpu(UInt32(id)))
                return Lcore(id: id, isMain: id == main, cpu: cpu < 0 ? nil : cpu)
            }
            .sorted { ($0.isMain ? 0 : 1, $0.id) < ($1.isMain ? 0 : 1, $1.id) }
    }

    /// The lcore that the calling thread is, or nil if the thread is no lcore, as control threads and Swift's own
    /// threads are.
    ///
    /// It makes a list of all lcores, so use it for set-up and messages. The corresponding C function is
    /// `rte_lcore_id`.
    public static var current: Lcore? {
        let id = Int(cdpdk_lcore_id())
        return all.first { $0.id == id }
    }
}

extension Lcore: CustomStringConvertible {
    /// For instance `lcore 3 on CPU 0`.
    public var description: String { "lcore \(id)" + (cpu.map { " on CPU \($0)" } ?? "") }
}

extension Lcore {
    /// Executes the CPU's pause instruction, which leaves more of the core to its sibling thread and saves power.
    ///
    /// It takes some ten nanoseconds, on any thread. The corresponding C function is `rte_pause`.
    @inlinable @inline(__always)
    public static func pause() { cdpdk_pause() }
}

extension DPDKProcess {
    /// The lcores of this process, the main one first; empty after the shutdown.
    ///
    /// The corresponding C macro is `RTE_LCORE_FOREACH`.
    public final var lcores: [Lcore] { Lcore.all }

    /// The lcores of this process that can be given work with ``Lcore/run(consuming:_:)``: all but the main one.
    ///
    /// The corresponding C macro is `RTE_LCORE_FOREACH_WORKER`.
    public final var workers: [Lcore] { Lcore.all.filter { !$0.isMain } }
}
