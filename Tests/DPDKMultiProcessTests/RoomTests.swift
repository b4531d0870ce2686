import Foundation
import Testing

@Suite("The rooms of the library") struct RoomTests {
    private static let root = (1...3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    private let files: [File]

    /// A file of the library, and the words of its code without comments and string literals.
    private struct File {
        var room, name: String
        var lines: [Substring]

        var words: [[Substring]] {
            lines.map { line in
                line.replacing(/"(\\.|[^"\\])*"/, with: "").replacing(/\/\/.*/, with: "")
                    .split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            }
        }

        /// The types that are declared at the left margin. Nested types are named through these.
        var types: [Substring] {
            let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "actor"]
            return zip(lines, words).compactMap { line, words in
                guard line.first?.isWhitespace == false, let keyword = words.firstIndex(where: keywords.contains)
                else { return nil }
                return words.dropFirst(keyword + 1).first
            }
        }
    }

    init() throws {
        let library = Self.root.appending(path: "Sources/DPDKMultiProcess")
        files = try FileManager.default.subpathsOfDirectory(atPath: library.path).filter { $0.hasSuffix(".swift") }
            .sorted().map { path in
                let text = try String(contentsOf: library.appending(path: path), encoding: .utf8)
                return File(
                    room: String(path.prefix { $0 != "/" }), name: path,
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false).dropLast())
            }
    }

    /// The rows of the table "Rooms", from the top: each room, and the rooms that it uses.
    private func drawn() throws -> [(room: String, uses: Set<String>)] {
        let text = try String(contentsOf: Self.root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").drop { $0 != "| room | holds | uses |" }.dropFirst(2)
        return rows.prefix { $0.hasPrefix("|") }.map { row in
            let cells = row.split(separator: "|").map { $0.split { !$0.isLetter }.map(String.init) }
            return (cells.first?.first ?? "", Set(cells.last ?? []))
        }
    }

    @Test func useOneAnotherAsDrawn() throws {
        let rooms = Dictionary(files.flatMap { file in file.types.map { ($0, file.room) } }) { first, _ in first }
        var uses: [String: [String: String]] = [:]
        for file in files {
            for word in file.words.joined() {
                guard let room = rooms[word], room != file.room else { continue }
                uses[file.room, default: [:]][room] = "\(word) in \(file.name)"
            }
        }
        let drawn = try drawn()
        #expect(drawn.map(\.room).sorted() == Set(files.map(\.room)).sorted(), "CONTRIBUTING.md lists other rooms")
        var above: Set<String> = []
        for row in drawn {
            #expect(row.uses.isSubset(of: above), "CONTRIBUTING.md: \(row.room) may only use rooms that stand above it")
            for (room, place) in uses[row.room] ?? [:] where !row.uses.contains(room) {
                Issue.record("\(row.room) uses \(room), which CONTRIBUTING.md does not say: \(place)")
            }
            let unused = row.uses.subtracting((uses[row.room] ?? [:]).keys)
            #expect(unused.isEmpty, "CONTRIBUTING.md says that \(row.room) uses these, and it does not")
            above.insert(row.room)
        }
    }

    @Test func haveFilesOfAReadableSize() {
        for file in files {
            #expect((20...400).contains(file.lines.count), "\(file.name) has \(file.lines.count) lines")
        }
    }
}
