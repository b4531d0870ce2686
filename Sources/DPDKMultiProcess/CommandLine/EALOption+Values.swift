extension EALOption {
    /// Whether a value is of the option's form. Values that are parsed into a property are checked there as well.
    package func accepts(_ value: String, on machine: Machine) -> Bool {
        switch key {
        case .lcores: LcoreGrammar.map(value) != nil
        case .coreList where isLcoreMap(in: machine.version): LcoreGrammar.map(value) != nil
        case .coreList, .serviceList: LcoreGrammar.list(value) != nil
        case .coreMask, .serviceMask: LcoreGrammar.mask(value) != nil
        case .mainLcore: Self.number(value) != nil
        case .memorySize: Self.number(value, in: 1...1 << 40) != nil
        case .memoryChannelCount: Self.number(value, in: 1...32) != nil
        case .memoryRankCount: Self.number(value, in: 1...16) != nil
        case .nodeMemory, .nodeLimits: Self.numbers(value).map { $0.count <= machine.nodeLimit } ?? false
        case .baseAddress: Self.address(value) != nil
        case .simdWidth: Self.isSIMDWidth(value)
        case .filePrefix: Self.isFilePrefix(value)
        case .hugeDirectory: value.hasPrefix("/")
        case .driverPath: !value.isEmpty && !value.hasPrefix("-")
        case .allow, .block: Self.isDevice(value)
        case .vdev: Self.isVirtualDevice(value)
        case .logLevel: Self.isLogLevel(value)
        case .pageSizeMemory: Self.isPageSizeLimit(value)
        case .traceBuffer: Self.isSize(value, units: "BKMG")
        case .vfioToken: Self.isUUID(value)
        case .processType: EALArguments.Role(option: value) != nil
        case .traceMode: !value.isEmpty && ("overwrite".hasPrefix(value) || "discard".hasPrefix(value))
        default: Self.words[key]?.contains(value) ?? !value.isEmpty
        }
    }

    /// The options whose value is one of a few words.
    private static let words: [Key: [String]] = [
        .iovaMode: ["pa", "va"],
        .hugeUnlink: ["existing", "always"],
        .vfioInterrupt: ["legacy", "msi", "msix"],
        .logColor: ["auto", "always", "never"],
        .logTimestamp: ["notime", "reltime", "delta", "ctime", "iso"],
    ]

    private static let logLevels = ["emergency", "alert", "critical", "error", "warning", "notice", "info", "debug"]
}

// MARK: - Numbers

extension EALOption {
    /// A decimal number without sign, and without leading zeros, which C takes for octal in some options.
    package static func number(_ text: some StringProtocol, in range: ClosedRange<Int> = 0...Int.max) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !text.isEmpty, text == "0" || !text.hasPrefix("0"), text.utf8.allSatisfy(digits.contains) else {
            return nil
        }
        return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Decimal numbers with commas between them, megabytes all.
    package static func numbers(_ text: String) -> [Int]? {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = number(part, in: 0...1 << 40) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// A hexadecimal address, with or without `0x`.
    package static func address(_ text: String) -> UInt? {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        return isHexadecimal(digits) ? UInt(digits, radix: 16) : nil
    }

    private static func isSIMDWidth(_ text: String) -> Bool {
        guard let width = number(text, in: 0...32768) else { return false }
        return width == 0 || width >= 64 && width.nonzeroBitCount == 1
    }

    private static func isHexadecimal(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private static func isSize(_ text: some StringProtocol, units: String) -> Bool {
        let digits = text.last.map { units.contains($0.uppercased()) } ?? false ? text.dropLast() : text[...]
        return number(digits, in: 1...1 << 50) != nil
    }
}

// MARK: - Names and patterns

extension EALOption {
    private static func isFilePrefix(_ text: String) -> Bool {
        let excluded: Set = [UInt8(ascii: "/"), UInt8(ascii: "%")]
        return !["", ".", ".."].contains(text) && !text.utf8.contains(where: excluded.contains)
    }

    private static func isVirtualDevice(_ text: String) -> Bool {
        let name = text.prefix { $0 != "," }
        return isDeviceName(name) && name.first?.isLetter ?? false && !text.hasSuffix(",")
    }

    private static func isDevice(_ text: String) -> Bool {
        let name = text.prefix { $0 != "," }
        if name.hasPrefix("pci:") { return isPCIAddress(name.dropFirst(4)) }
        if name.contains("=") { return !text.hasSuffix(",") }  // A description such as bus=pci,addr=03:00.1.
        // The names of other buses and of devices begin with a letter, and have others than those of a number.
        let hexadecimal = name.allSatisfy { $0 == ":" || $0 == "." || $0.isHexDigit }
        let looksLikeAddress = name.contains(":") && (hexadecimal || name.first?.isNumber ?? false)
        return isDeviceName(name) && (!looksLikeAddress || isPCIAddress(name)) && !text.hasSuffix(",")
    }

    /// `RTE_DEV_NAME_MAX_LEN` is 64, NUL included.
    private static func isDeviceName(_ text: Substring) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-:@/".contains($0)) }
    }

    /// `[domain:]bus:device.function`, all hexadecimal.
    private static func isPCIAddress(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let last = parts.last else { return false }
        let place = last.split(separator: ".", omittingEmptySubsequences: false)
        guard place.count == 2, let function = Int(place[1], radix: 16), let device = Int(place[0], radix: 16) else {
            return false
        }
        return parts.dropLast().allSatisfy(isHexadecimal) && place.allSatisfy(isHexadecimal) && function < 8
            && device < 32
    }

    private static func isLogLevel(_ text: String) -> Bool {
        var level = text[...]
        for separator in [",", ":"] as [Character] {
            guard let place = text.firstIndex(of: separator) else { continue }
            guard place != text.startIndex else { return false }
            level = text[text.index(after: place)...]
            break
        }
        return number(level, in: 1...8) != nil || !level.isEmpty && logLevels.contains { $0.hasPrefix(level) }
    }

    private static func isPageSizeLimit(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { isSize($0, units: "BKMGT") }
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy(isHexadecimal)
    }
}
