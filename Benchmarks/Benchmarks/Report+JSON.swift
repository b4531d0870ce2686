import Foundation

extension Report {
    /// Reads what `--format json` printed.
    init(fileAt path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError("'\(path)' cannot be read. Give a file that --format json was written to")
        }
        do {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw BenchmarkError("'\(path)' is not what --format json of this program prints")
        }
    }

    /// The report for programs.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// A line on the terminal that says what is being measured.
enum Progress {
    static func show(_ text: String) { write("\r\u{1B}[K\(text)") }

    static func clear() { write("\r\u{1B}[K") }

    private static func write(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data(text.utf8))
    }
}
