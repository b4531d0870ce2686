/// An option of EAL's command line: its names and its value.
package struct EALOption: Sendable {
    /// A name with its dashes, and the first version of DPDK that knows it.
    package struct Name: Sendable, ExpressibleByStringLiteral {
        package let text: String
        package let since: DPDKVersion
    }

    enum Use: Sendable {
        case flag
        /// A value; the text describes its form. The option may be given once.
        case one(String)
        /// A value of an option that may be given several times.
        case many(String)
        /// A value that may be left out.
        case optional(String)
        /// The option is refused: the code, the reason and the remedy of the error.
        case refused(DPDKError.Code, String, remedy: String)
    }

    /// The names, the oldest first.
    package let names: [Name]
    let use: Use

    init(_ names: Name..., use: Use = .flag) {
        self.names = names
        self.use = use
    }

    /// The form of the value, nil for an option without one.
    var form: String? {
        switch use {
        case .one(let form), .many(let form), .optional(let form): form
        case .flag, .refused: nil
        }
    }

    /// Whether the option may be given several times.
    var repeats: Bool { if case .many = use { true } else { false } }
}

extension EALOption.Name {
    /// A name that DPDK 22.11 knows.
    package init(stringLiteral text: String) { self.init(text: text, since: DPDKVersion(22, 11)) }

    static func since(_ year: UInt8, _ month: UInt8, _ text: String) -> Self {
        Self(text: text, since: DPDKVersion(year, month))
    }
}

extension EALOption {
    /// The names that a version of DPDK knows.
    func names(in version: DPDKVersion) -> [String] { names.filter { $0.since <= version.series }.map(\.text) }

    /// The option that a version of DPDK knows by this full name; nil if there is none.
    static func named(_ name: String, in version: DPDKVersion) -> EALOption? {
        all.first { $0.names.contains { $0.text == name && $0.since <= version.series } }
    }

    /// A summary of the options of a version of DPDK, one in each line.
    static func usage(of version: DPDKVersion) -> String {
        let lines = accepted.map { option in
            (names: option.names(in: version).joined(separator: ", "), form: option.form.map { ": \($0)" } ?? "")
        }
        return lines.filter { !$0.names.isEmpty }.map { "  \($0.names)\($0.form)" }.joined(separator: "\n")
    }
}
