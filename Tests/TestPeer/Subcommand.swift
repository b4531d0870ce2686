import DPDKMultiProcess
import Glibc

/// One part that the executable can play; what it returns is the exit status.
typealias Subcommand = @Sendable (Options) -> CInt

/// The words after the subcommand: `--name value` pairs, and what follows `--`.
struct Options {
    private var values: [String: String] = [:]
    private(set) var rest: [String] = []

    init(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            if word == "--" {
                rest = Array(words)
                return
            }
            if word.hasPrefix("--") { values[String(word.dropFirst(2))] = words.popFirst() ?? "" }
        }
    }

    subscript(name: String) -> String? { values[name] }
}

/// What goes to the test: whole lines on the standard output, each written at once.
enum Output {
    static func line(_ text: String) {
        var bytes = Array(text.utf8) + [UInt8(ascii: "\n")]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes.removeFirst(written)
        }
    }

    /// One line `{"code": …, "description": …}`, which holds every line of the error's description.
    static func error(_ error: DPDKError) {
        line("{\"code\": \(quoted(error.code.description)), \"description\": \(quoted(error.description))}")
    }

    static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case "\n": "\\n"
            case _ where scalar.value < 0x20: " "
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
