/// Reads a command line option by option, as `getopt_long` does, but without abbreviations.
struct OptionScanner {
    /// An option of the command line.
    struct Found {
        /// The option; nil if `name` is a word that EAL gets as it is.
        let option: EALOption?
        let name: String
        let value: String?

        /// Reads the value with a function that returns nil if the value has the wrong form.
        func read<Result>(_ reader: (String) -> Result?) throws(DPDKError) -> Result {
            let value = value ?? ""
            if let result = reader(value) { return result }
            throw .malformed(name, "the value '\(value)' is malformed", remedy: "Give it \(option?.form ?? "another")")
        }
    }

    /// The words that have not been read yet.
    var words: ArraySlice<String>
    let version: DPDKVersion
    /// Whether EAL gets unknown options, and the words after them, which may be their values.
    let passesUnknown: Bool
    var followsUnknown = false

    /// Reads the next option; nil at the end.
    mutating func next() throws(DPDKError) -> Found? {
        guard let word = words.popFirst() else { return nil }
        guard !word.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw DPDKError(
                .malformedOption, "argument '\(word.debugDescription.dropFirst().dropLast())'",
                "an EAL option cannot have control characters", remedy: "Leave them out")
        }
        // C compares bytes. As a Swift character, `=` with a combining accent after it is not `=`.
        let scalars = word.unicodeScalars
        let isLong = word.hasPrefix("--")
        let end = (isLong ? scalars.firstIndex(of: "=") : scalars.indices.dropFirst(2).first) ?? scalars.endIndex
        let name = String(scalars[..<end])
        let attached = end == scalars.endIndex ? nil : String(scalars[end...].dropFirst(isLong ? 1 : 0))
        if let option = EALOption.named(name, in: version) {
            followsUnknown = false
            return Found(option: option, name: name, value: try value(of: option, name, attached))
        }
        guard word.hasPrefix("-"), word != "-" else {
            if followsUnknown { return Found(option: nil, name: word, value: nil) }
            throw DPDKError(
                .malformedOption, "argument '\(word)'", "this is neither an EAL option nor the value of one",
                remedy: "Write the program's own arguments after --")
        }
        let meant = namesMeant(by: word, name)
        guard passesUnknown, meant.isEmpty else { throw unknown(name, meant) }
        followsUnknown = true
        return Found(option: nil, name: word, value: nil)
    }

    /// The value of an option: the text attached to its name, else the next word.
    private mutating func value(
        of option: EALOption, _ name: String, _ attached: String?
    ) throws(DPDKError) -> String? {
        switch option.use {
        case .refused(let code, let reason, let remedy):
            throw DPDKError(code, "option '\(name)'", reason, remedy: remedy)
        case .flag:
            guard let attached else { return nil }
            guard name.hasPrefix("--") else {
                words.insert("-" + attached, at: words.startIndex)  // The word has more short options.
                return nil
            }
            throw .malformed(name, "the option takes no value", remedy: "Write \(name) alone")
        case .optional: return attached
        case .one(let form), .many(let form):
            var value = attached
            if value == nil, words.first?.hasPrefix("-") == false { value = words.removeFirst() }
            if let value, !value.isEmpty { return value }
            throw .malformed(name, "the value is missing", remedy: "Give it \(form)")
        }
    }

    /// The known names that a word abbreviates, or spells with one dash. No version of DPDK can know such a name.
    private func namesMeant(by word: String, _ name: String) -> [String] {
        let known = EALOption.all.flatMap { $0.names(in: version) }
        guard name.hasPrefix("--") else { return known.filter { $0 == "-" + word.prefix { $0 != "=" } } }
        return name == "--" ? [] : known.filter { $0.hasPrefix(name) }
    }

    private func unknown(_ name: String, _ meant: [String]) -> DPDKError {
        func error(_ message: String, remedy: String) -> DPDKError {
            DPDKError(.unknownOption, "option '\(name)'", message, remedy: remedy)
        }
        if !meant.isEmpty {
            return error(
                "options cannot be abbreviated, and long ones need two dashes",
                remedy: "Write \(meant.joined(separator: " or "))")
        }
        guard let later = EALOption.all.first(where: { $0.names.contains { $0.text == name } }) else {
            return error(
                "EAL has no such option", remedy: "See --help for EAL's options, and write the program's own after --")
        }
        let older = later.names(in: version).first
        return error("DPDK \(version) does not know it yet", remedy: older.map { "Write \($0)" } ?? "Leave it out")
    }
}

extension DPDKError {
    static func malformed(_ option: String, _ message: String, remedy: String) -> Self {
        Self(.malformedOption, "option '\(option)'", message, remedy: remedy)
    }
}
