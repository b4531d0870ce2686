import DPDKMultiProcess
import Glibc

/// One part that the executable can play. It returns the exit status.
typealias Subcommand = @Sendable (Options) -> CInt

/// The words after the subcommand: pairs `--name value`, and the words after `--`.
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

/// The answers to the test: lines on the standard output, each written at once.
enum Output {
    static func line(_ text: String) {
        var bytes = Array(text.utf8) + [UInt8(ascii: "\n")]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes.removeFirst(written)
        }
    }

    /// `error CODE pids=HOLDERS ms=TIME DESCRIPTION`.
    static func error(_ error: DPDKError, after duration: Duration) {
        let pids = error.holders.map { String($0.pid) }.joined(separator: ",")
        let text = error.description.replacing("\n", with: " | ")
        line("error \(error.code) pids=\(pids) ms=\(Int(duration / .milliseconds(1))) \(text)")
    }
}

/// How long a call takes, without the time that this thread waited for a free CPU.
struct Stopwatch {
    private let start = ContinuousClock.now
    private let waited = Self.waited()

    var elapsed: Duration { start.duration(to: .now) - (Self.waited() - waited) }

    /// How long this thread has waited for a CPU so far, in nanoseconds: the second word of its `schedstat`.
    private static func waited() -> Duration {
        let descriptor = unsafe open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .zero }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return .nanoseconds(words.count > 1 ? Int64(words[1]) ?? 0 : 0)
    }
}
