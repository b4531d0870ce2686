/// What went wrong, which object is concerned, and what to do about it.
///
/// Every throwing function of the library throws this type, so a `catch` needs no cast. Only set-up functions throw.
/// The functions of data paths return counts instead.
///
///     do throws(DPDKError) {
///         let ring = try SharedRing<UInt64>(lookingUp: "ticks", in: process)
///     } catch {
///         if error.code == .notFound { … }
///         print(error)        // ring 'ticks': there is no object of this name. Create it in the primary before …
///     }
public struct DPDKError: Error, Sendable {
    /// The kind of the failure.
    public let code: Code

    /// The object that the failure is about, for instance `ring 'ticks'` or `option '-l'`; nil if there is none.
    public let object: String?

    /// What is wrong, without a full stop.
    public let message: String

    /// What to do, without a full stop.
    public let remedy: String

    /// The error number of DPDK or of the operating system; nil if there is none.
    public let underlying: RTEErrno?

    /// The processes that stand in the way, for instance the holder of an end, or the primary that already runs.
    public let holders: [ProcessIdentity]

    /// EAL's last log lines, the oldest first, if they explain the failure.
    ///
    /// EAL's log is silent by default. Use ``EALLog`` to see the other lines.
    public let log: [String]

    /// For `.layoutMismatch`, the layouts of this process and of the process that created the object; else nil.
    public let layouts: LayoutPair?

    /// Two descriptions of layouts that should be the same.
    public struct LayoutPair: Hashable, Sendable {
        /// The layout of the type in this process.
        public let expected: String
        /// The layout that the creating process recorded for the object.
        public let found: String
    }

    init(
        _ code: Code, _ object: String? = nil, _ message: String, remedy: String, underlying: RTEErrno? = nil,
        holders: [ProcessIdentity] = [], log: [String] = [], layouts: LayoutPair? = nil
    ) {
        self.code = code
        self.object = object
        self.message = message
        self.remedy = remedy
        self.underlying = underlying
        self.holders = holders
        self.log = log
        self.layouts = layouts
    }
}

extension DPDKError: CustomStringConvertible {
    /// The object, the message, the remedy, and EAL's log lines if there are any.
    public var description: String {
        var text = object.map { "\($0): " } ?? ""
        text += message
        if let underlying { text += " [\(underlying)]" }
        text += ". \(remedy)."
        for line in log { text += "\n    \(line)" }
        return text
    }
}
