/// What has become of another process of the group, see ``DPDKProcess/peerEvents`` and ``PeerWatch``.
public struct PeerEvent: Hashable, Sendable {
    /// What has become of a process.
    public enum Kind: Hashable, Sendable {
        /// The process has started, or was running when the watching began.
        case attached
        /// The process has shut down in order.
        case left
        /// The process ended without a shutdown: it was killed, crashed or just ended.
        case died
    }

    /// What has become of it.
    public let kind: Kind

    /// The process; its name is empty, and its pid may be 0, if it came and went before this process looked.
    public let process: ProcessIdentity
}

extension PeerEvent: CustomStringConvertible {
    /// A sentence, for instance `mp_client (pid 4711) has died`.
    public var description: String { "\(process) has \(kind)" }
}
