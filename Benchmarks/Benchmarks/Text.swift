import Foundation

extension Double {
    /// With so many digits behind the point.
    func fixed(_ digits: Int) -> String {
        formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }

    /// The same with a sign.
    func signed(_ digits: Int) -> String { (self < 0 ? "" : "+") + fixed(digits) }
}

extension [Double] {
    /// The mean of ratios.
    var geometricMean: Double { exp(map { log($0) }.reduce(0, +) / Double(count)) }
}

extension String {
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
