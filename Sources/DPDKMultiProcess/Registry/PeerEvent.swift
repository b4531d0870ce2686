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

    /// How many packets that the process held came back to their pools; 0 if it did not die, or if several processes
    /// died in its place before this process looked.
    ///
    /// Packets in the caches of its lcores count, too, and so does each segment of a packet.
    /// ``PacketPool/doubtfulCount`` counts those that did not come back after all deaths.
    public let returnedPackets: Int

    /// The process; its name is empty, and its pid may be 0, if it came and went before this process looked.
    public let process: ProcessIdentity

    init(kind: Kind, process: ProcessIdentity, returnedPackets: Int = 0) {
        self.kind = kind
        self.process = process
        self.returnedPackets = returnedPackets
    }
}

extension PeerEvent: CustomStringConvertible {
    /// A sentence, for instance `mp_client (pid 4711) has died`.
    public var description: String { "\(process) has \(kind)" }
}
