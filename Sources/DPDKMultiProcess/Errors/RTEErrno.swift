internal import CDPDK

/// An error number of DPDK or of the operating system.
///
/// DPDK reports failures through `rte_errno`, whose values are those of `errno` and a few of its own.
/// The corresponding C variable is `rte_errno`.
public struct RTEErrno: Error, RawRepresentable, Hashable, Sendable {
    /// The number, as C has it: positive, and 0 for no error.
    public let rawValue: CInt

    /// Makes an error of a number; a negative one, as many DPDK functions return it, is made positive.
    public init(rawValue: CInt) {
        self.rawValue = rawValue == .min ? .max : abs(rawValue)
    }

    /// The calling thread's `rte_errno`. Read it at once after the call that failed.
    static var current: RTEErrno { RTEErrno(rawValue: cdpdk_errno()) }
}

extension RTEErrno: CustomStringConvertible {
    /// The number's meaning, as `rte_strerror` gives it, with the number behind it.
    public var description: String {
        "\(unsafe String(cString: cdpdk_strerror(rawValue))) (\(rawValue))"
    }
}
