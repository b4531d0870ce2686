/// A process of the group.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process id in the process's own pid namespace; 0 if unknown.
    public let pid: Int32

    /// The name that the process gave when it attached, else the kernel's name for it; empty if unknown.
    public let name: String

    /// The process's slot in the shared registry, 0 for the primary; nil if the process has no slot.
    public let slot: Int?

    /// Tells the process from earlier and later ones in the same slot; 0 if `slot` is nil.
    public let generation: UInt32
}

extension ProcessIdentity: CustomStringConvertible {
    /// The name and the pid, for instance `mp_server (pid 4711)`.
    public var description: String {
        let shown = name.isEmpty ? "a process" : name
        return pid > 0 ? "\(shown) (pid \(pid))" : "\(shown) (in another pid namespace)"
    }
}
