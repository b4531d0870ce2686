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
