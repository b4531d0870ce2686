/// A process of the group, as its entry in the shared registry names it.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process id in the process's own pid namespace; 0 if it is not known.
    public let pid: Int32

    /// The name that the process gave when it attached, or that the kernel has for it; may be empty.
    public let name: String

    /// The process's place in the registry, 0 for the primary; nil if only the kernel knows of the process.
    public let slot: Int?

    /// How often that place had been taken when the process took it; 0 if `slot` is nil.
    public let generation: UInt32

    init(pid: Int32, name: String, slot: Int? = nil, generation: UInt32 = 0) {
        self.pid = pid
        self.name = name
        self.slot = slot
        self.generation = generation
    }
}

extension ProcessIdentity: CustomStringConvertible {
    /// The name and the pid, for instance `mp_server (pid 4711)`.
    public var description: String {
        let shown = name.isEmpty ? "a process" : name
        return pid > 0 ? "\(shown) (pid \(pid))" : "\(shown) (in another pid namespace)"
    }
}
