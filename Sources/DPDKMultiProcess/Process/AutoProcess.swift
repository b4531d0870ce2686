/// A process that becomes the primary of its group if there is none yet, and a secondary otherwise.
///
///     try AutoProcess.run(arguments) { process in
///         switch process {
///         case .primary(let primary): …
///         case .secondary(let secondary): …
///         }
///     }
///
/// The corresponding C function is `rte_eal_init` with `--proc-type=auto`.
public enum AutoProcess: Sendable {
    /// No primary was running: this process is it.
    case primary(PrimaryProcess)
    /// A primary was running: this process has attached to it.
    case secondary(SecondaryProcess)

    /// Starts EAL in the role that `--proc-type` states, or else in the role that is free in the group.
    ///
    /// If two processes start at the same moment, one becomes the primary, and the other attaches to it or throws.
    ///
    /// - Parameter arguments: EAL's options.
    /// - Throws: What ``PrimaryProcess/init(_:)`` and ``SecondaryProcess/init(_:)`` throw.
    ///
    /// The calling thread becomes the main lcore; ``DPDKProcess`` says what that means for it. The corresponding C
    /// function is `rte_eal_init`.
    public init(_ arguments: EALArguments) throws(DPDKError) {
        let member = try Member.start(as: arguments.role ?? .automatic, arguments)
        self = member.role == .primary ? .primary(PrimaryProcess(member)) : .secondary(SecondaryProcess(member))
    }

    /// This process, whatever its role.
    public var process: DPDKProcess {
        switch self {
        case .primary(let process): process
        case .secondary(let process): process
        }
    }
}
