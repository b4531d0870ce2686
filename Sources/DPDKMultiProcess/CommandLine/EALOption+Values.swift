/// Readers of the values that the library itself needs, or that EAL would ignore without an error if they were wrong.
///
/// Each function returns nil if the text does not have the required form.
extension EALOption {
    /// A decimal number without a sign or leading zeros. C reads numbers with leading zeros as octal in some options.
    static func number(_ text: String, in range: ClosedRange<Int> = 0...Int.max) -> Int? {
        guard let number = Int(text), String(number) == text else { return nil }
        return range.contains(number) ? number : nil
    }

    /// Decimal numbers of megabytes with commas between them.
    static func megabytes(_ text: String) -> [Int]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { number(String($0), in: 0...1 << 40) }
        return numbers.count == parts.count ? numbers : nil
    }

    /// A hexadecimal address, with or without `0x`.
    static func address(_ text: String) -> UInt? {
        hexadecimalDigits(text).flatMap { UInt($0, radix: 16) }
    }

    /// The digits of a hexadecimal number, with or without `0x`.
    static func hexadecimalDigits(_ text: String) -> Substring? {
        let digits = text.lowercased().hasPrefix("0x") ? text.dropFirst(2) : text[...]
        return digits.isEmpty || !digits.allSatisfy { $0.isASCII && $0.isHexDigit } ? nil : digits
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
        var level = text[...]
        if let end = text.lastIndex(where: { $0 == "," || $0 == ":" }) {
            // Of the names of log types, those before a comma may contain colons.
            let types = text[..<end]
            guard !types.isEmpty, !types.contains(","), text[end] == "," || !types.contains(":") else { return nil }
            level = text[end...].dropFirst()
        }
        guard !level.isEmpty else { return nil }
        return number(String(level), in: 1...8) != nil || names.contains { $0.hasPrefix(level) } ? text : nil
    }
}
