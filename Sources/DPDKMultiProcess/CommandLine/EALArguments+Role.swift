extension EALArguments {
    /// The role of a process in its group.
    ///
    /// The raw value is that of the option `--proc-type`.
    public enum Role: String, Hashable, Sendable {
        /// The one process of a group that creates the shared objects.
        case primary
        /// A process that attaches to the primary.
        case secondary
        /// A secondary if the group has a live primary, else the primary.
        case automatic = "auto"
    }

    /// How devices address memory. The raw value is that of the option `--iova-mode`.
    public enum IOVAMode: String, Hashable, Sendable {
        /// By physical addresses.
        case physical = "pa"
        /// By virtual addresses.
        case virtual = "va"
    }
}
