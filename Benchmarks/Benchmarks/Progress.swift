import Foundation

/// A bar on the terminal that grows while cells are measured. Where standard error is no terminal, nothing is shown.
enum Progress {
    private static let isTerminal = isatty(STDERR_FILENO) == 1
    private static let width = 30

    /// Shows that so many cells are done, and which one comes now.
    static func show(_ done: Int, of count: Int, _ key: Key) {
        let full = done * width / count
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
        write("\r\u{1B}[K\(bar) \(done) of \(count)  \(key)")
    }

    static func clear() { write("\r\u{1B}[K") }

    private static func write(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data(text.utf8))
    }
}
