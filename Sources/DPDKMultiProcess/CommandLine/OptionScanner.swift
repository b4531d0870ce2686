/// Reads the words of a command line as `getopt_long` does, one option at a time, abbreviations excepted.
struct OptionScanner {
    /// An option, the name that it was given by, and its value.
    struct Found {
        let option: EALOption
        let name: String
        let value: String?
    }

    private var words: ArraySlice<String>
    /// What is left of a word with several short options, such as `-vh`.
    private var cluster: Substring = ""
    private let version: DPDKVersion

    init(_ words: ArraySlice<String>, version: DPDKVersion) {
        self.words = words
        self.version = version
    }

    /// The next option, or nil at the end.
    mutating func next() throws(DPDKError) -> Found? {
        if let letter = cluster.popFirst() { return try short("-\(letter)") }
        guard let word = words.popFirst() else { return nil }
        guard !word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw DPDKError(
                .malformedOption, "argument '\(word.debugDescription.dropFirst().dropLast())'",
                "an EAL option has no control characters", remedy: "Leave them out")
        }
        if word.hasPrefix("--") { return try long(word) }
        guard word.hasPrefix("-"), word != "-" else {
            throw DPDKError(
                .malformedOption, "argument '\(word)'", "it is neither an EAL option nor the value of one",
                remedy: "Write the program's own arguments after --")
        }
        cluster = word.dropFirst(2)
        return try short(String(word.prefix(2)))
    }

    private mutating func long(_ word: String) throws(DPDKError) -> Found {
        // By scalars, as C would: an accent after the sign would make another character of it.
        let sign = word.unicodeScalars.firstIndex(of: "=")
        let name = String(word[..<(sign ?? word.endIndex)])
        let attached = sign.map { String(word.unicodeScalars[$0...].dropFirst()) }
        let option = try EALOption.named(name, in: version)
        switch option.value(in: version) {
        case .none:
            guard attached == nil else {
                throw option.malformed(name, "the option takes no value", remedy: "Write \(name) alone")
            }
            return Found(option: option, name: name, value: nil)
        case .optional: return Found(option: option, name: name, value: attached)
        case .required: return Found(option: option, name: name, value: try value(attached, option, name))
        }
    }

    private mutating func short(_ name: String) throws(DPDKError) -> Found {
        let option = try EALOption.named(name, in: version, word: name + cluster)
        let attached = cluster.isEmpty ? nil : String(cluster)
        switch option.value(in: version) {
        case .none: return Found(option: option, name: name, value: nil)
        case .optional:
            cluster = ""
            return Found(option: option, name: name, value: attached)
        case .required:
            cluster = ""
            return Found(option: option, name: name, value: try value(attached, option, name))
        }
    }

    /// The value in the same word, or else the next word.
    private mutating func value(_ attached: String?, _ option: EALOption, _ name: String) throws(DPDKError) -> String {
        if let attached { return attached }
        guard let word = words.first, !word.hasPrefix("-") else {
            throw option.malformed(name, "its value is missing", remedy: "Give it \(option.form)")
        }
        words.removeFirst()
        return word
    }
}

extension OptionScanner.Found {
    /// Checks the value's form, and that the option can be honoured and leaves room for secondaries.
    func check(on machine: Machine) throws(DPDKError) {
        try option.checkIsHonoured(name, value)
        try option.checkAllowsSecondaries(value)
        guard let value else { return }
        guard option.accepts(value, on: machine) else {
            throw malformed("'\(value)' is not of its form", remedy: "Give it \(option.form)")
        }
    }

    func malformed(_ message: String, remedy: String) -> DPDKError {
        option.malformed(name, message, remedy: remedy)
    }
}

extension EALOption {
    func malformed(_ name: String, _ message: String, remedy: String) -> DPDKError {
        DPDKError(.malformedOption, "option '\(name)'", message, remedy: remedy)
    }

    /// From 25.11 on, `-l` is another name of `--lcores`.
    func isLcoreMap(in version: DPDKVersion) -> Bool {
        key == .lcores || key == .coreList && version.series >= DPDKVersion(25, 11)
    }
}
