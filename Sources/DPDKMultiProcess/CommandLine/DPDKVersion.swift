internal import CDPDK

/// A version of DPDK: one byte each for year, month, minor and release, as in the C macro `RTE_VERSION`.
package struct DPDKVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The number that DPDK writes into a group's configuration file.
    package let number: UInt32

    /// The version with a number.
    package init(number: UInt32) { self.number = number }

    /// The release `year.month.minor`, for instance 22.11.11.
    package init(_ year: UInt8, _ month: UInt8, _ minor: UInt8 = 0) {
        number = UInt32(year) << 24 | UInt32(month) << 16 | UInt32(minor) << 8 | UInt32(Self.released)
    }

    /// The version of the DPDK library that is loaded.
    package static var installed: Self { Self(number: cdpdk_version_number()) }

    /// The release byte of every version that is not a release candidate.
    private static let released: UInt8 = 99

    private func byte(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: number >> (24 - 8 * index)) }

    /// The year and the month alone. They decide which options exist.
    package var series: Self { Self(byte(0), byte(1)) }

    package static func < (one: Self, other: Self) -> Bool { one.number < other.number }

    /// The version in DPDK's spelling: `22.11.11`, or `26.11.0-rc1` for a release candidate.
    package var description: String {
        func padded(_ value: UInt8) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let release = "\(padded(byte(0))).\(padded(byte(1))).\(byte(2))"
        return byte(3) == Self.released ? release : "\(release)-rc\(byte(3))"
    }
}
