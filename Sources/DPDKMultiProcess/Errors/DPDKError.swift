/// What went wrong, with which object, and what to do about it.
///
/// Every throwing function of the library throws this type, so a `catch` needs no cast. Throwing is for set-up; the
/// functions of a data path return counts instead.
///
///     do throws(DPDKError) {
///         let ring = try SharedRing<UInt64>(lookingUp: "ticks", in: process)
///     } catch {
///         if error.code == .notFound { … }
///         print(error)        // ring 'ticks': there is none of that name. Create it in the primary before …
///     }
public struct DPDKError: Error, Sendable {
    /// What kind of failure it is.
    public let code: Code

    /// The object that the failure is about, as a person would name it (`ring 'ticks'`, `option '-l'`), if there is
    /// one.
    public let object: String?

    /// One sentence that says what is wrong.
    public let message: String

    /// One sentence that says what to do.
    public let remedy: String

    /// The error number of DPDK or of the operating system, if there was one.
    public let underlying: RTEErrno?

    /// The processes that are in the way: the holders of an end, those attached to an object, the first primary.
    public let holders: [ProcessIdentity]

    /// EAL's own last log lines, the oldest first, if they explain the failure.
    ///
    /// They are all that is seen of EAL's log by default; ``EALLog`` gives an application the rest.
    public let log: [String]

    /// For `.layoutMismatch`: the layout that this process asked for and the one that the object was created with.
    public let layouts: LayoutPair?

    /// Two descriptions of a layout that should be the same.
    public struct LayoutPair: Hashable, Sendable {
        /// The layout of the type that this process named.
        public let expected: String
        /// The layout that the creating process recorded.
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
    /// The object, what is wrong, what to do, and EAL's log lines if there are any.
    public var description: String {
        var text = object.map { "\($0): " } ?? ""
        text += message
        if let underlying { text += " [\(underlying)]" }
        text += ". \(remedy)."
        for line in log { text += "\n    \(line)" }
        return text
    }
}
