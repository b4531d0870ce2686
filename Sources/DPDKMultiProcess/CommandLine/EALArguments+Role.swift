extension EALArguments {
    /// The kinds of process that a command line can ask for.
    public enum Role: Hashable, Sendable {
        /// The one process of a group that creates (`--proc-type=primary`).
        case primary
        /// A process that attaches to a primary (`--proc-type=secondary`).
        case secondary
        /// A secondary where the group has a live primary, the primary otherwise (`--proc-type=auto`).
        case automatic

        /// The role that an option's value names, in either case as in DPDK.
        init?(option: String) {
            switch option.lowercased() {
            case "primary": self = .primary
            case "secondary": self = .secondary
            case "auto": self = .automatic
            default: return nil
            }
        }

        /// The role as the option spells it.
        var option: String {
            switch self {
            case .primary: "primary"
            case .secondary: "secondary"
            case .automatic: "auto"
            }
        }
    }

    /// The ways in which devices address memory.
    public enum IOVAMode: String, Hashable, Sendable {
        /// By physical addresses (`--iova-mode=pa`).
        case physical = "pa"
        /// By virtual addresses (`--iova-mode=va`).
        case virtual = "va"
    }

    /// Checks that a program may make a process of the given role with these arguments, and returns them with the
    /// role to start with.
    ///
    /// A program that makes either kind, `.automatic`, leaves the choice to the command line where that states one.
    /// Throws `.roleConflict` where the command line asks for something else than the program makes.
    package func adopting(_ made: Role) throws(DPDKError) -> Self {
        var adopted = self
        adopted.role = made == .automatic ? role ?? .automatic : made
        guard let role, role != adopted.role else { return adopted }
        let type = made == .primary ? "PrimaryProcess" : "SecondaryProcess"
        throw DPDKError(
            .roleConflict, "option '--proc-type'",
            "the program makes a \(type), and the option asks for \(role.option)",
            remedy: "Write --proc-type=\(made.option), leave the option out, or make a AutoProcess, which is either"
        )
    }
}
