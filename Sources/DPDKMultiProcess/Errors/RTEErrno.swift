internal import CDPDK

/// An error number of DPDK or of the operating system.
///
/// DPDK reports failures through `rte_errno`, whose values are those of `errno` and a few of its own.
/// The corresponding C variable is `rte_errno`.
public struct RTEErrno: Error, RawRepresentable, Hashable, Sendable {
    /// The number as in C: positive, or 0 for no error.
    public let rawValue: CInt

    /// Creates an error from a number. The sign is ignored, since many DPDK functions return negative error numbers.
    /// - Parameter rawValue: The number, positive or negative.
    public init(rawValue: CInt) {
        self.rawValue = rawValue == .min ? .max : abs(rawValue)
    }

    /// The calling thread's `rte_errno`. Read it directly after the call that failed.
    static var current: RTEErrno { RTEErrno(rawValue: cdpdk_errno()) }
}

extension RTEErrno: CustomStringConvertible {
    /// The meaning of the number, from `rte_strerror`, and the number in brackets.
    public var description: String {
        "\(unsafe String(cString: cdpdk_strerror(rawValue))) (\(rawValue))"
    }
}
