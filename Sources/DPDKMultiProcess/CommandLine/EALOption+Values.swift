/// Readers of the values that the library itself needs, or that EAL would ignore without an error if they were wrong.
///
/// Each function returns nil if the text does not have the required form.
extension EALOption {
    /// A decimal number without a sign or leading zeros. C reads numbers with leading zeros as octal in some options.
    static func number(_ text: String, in range: ClosedRange<Int> = 0...Int.max) -> Int? {
        let isDecimal = text.wholeMatch(of: /0|[1-9][0-9]*/) != nil
        return isDecimal ? Int(text).flatMap { range.contains($0) ? $0 : nil } : nil
    }

    /// Decimal numbers of megabytes with commas between them.
    static func megabytes(_ text: String) -> [Int]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { number(String($0), in: 0...1 << 40) }
        return numbers.count == parts.count ? numbers : nil
    }

    /// A hexadecimal address, with or without `0x`.
    static func address(_ text: String) -> UInt? {
        text.wholeMatch(of: /(?:0[xX])?([0-9a-fA-F]+)/).flatMap { UInt($0.1, radix: 16) }
    }

    /// The name of a group, which is part of file names.
    static func filePrefix(_ text: String) -> String? {
        text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") } || [".", ".."].contains(text)
            ? nil : text
    }

    /// A virtual device. If the name is missing, EAL creates none and reports no error.
    static func virtualDevice(_ text: String) -> String? { text.hasPrefix(",") || text.hasSuffix(",") ? nil : text }

    /// A device to use or not to use. EAL accepts addresses such as `03:20.0`, which no device can have.
    static func device(_ text: String) -> String? {
        let name = text.prefix { $0 != "," }
        let isAddress = name.wholeMatch(of: /.*:[0-9a-fA-F]+\.[0-9a-fA-F]+/) != nil
        return isAddress && name.wholeMatch(of: /.*:[01]?[0-9a-fA-F]\.[0-7]/) == nil ? nil : text
    }

    /// A log level. EAL starts in spite of a wrong one, and ends the process if it is `help`.
    static func logLevel(_ text: String) -> String? {
        let names = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
        guard let level = text.wholeMatch(of: /(?:[^,]+,|[^,:]+:)?([^,:]+)/)?.1 else { return nil }
        return number(String(level), in: 1...8) != nil || names.contains { $0.hasPrefix(level) } ? text : nil
    }
}
