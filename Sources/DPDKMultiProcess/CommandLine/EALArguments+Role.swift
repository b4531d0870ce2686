extension EALArguments {
    /// The kinds of process that a command line can ask for.
    ///
    /// The raw value is that of the option `--proc-type`.
    public enum Role: String, Hashable, Sendable {
        /// The one process of a group that creates.
        case primary
        /// A process that attaches to a primary.
        case secondary
        /// A secondary if the group has a live primary, the primary otherwise.
        case automatic = "auto"
    }

    /// The ways in which devices address memory.
    ///
    /// The raw value is that of the option `--iova-mode`.
    public enum IOVAMode: String, Hashable, Sendable {
        /// By physical addresses.
        case physical = "pa"
        /// By virtual addresses.
        case virtual = "va"
    }
}
