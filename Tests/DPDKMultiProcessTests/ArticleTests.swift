import Foundation
import TestSupport
import Testing

/// The Swift code in the README and the articles compiles, and they mention everything that they must.
///
/// A block of Swift that imports DPDKMultiProcess is a program, and is compiled as it is. A manifest is compiled as it
/// is, too, or is the arguments of a `Package` without its name. Any other block has an HTML comment before it:
/// `<!-- declarations -->` for types and functions, which later blocks of the article may use, or `<!-- given: -->` for
/// the body of a function that may throw. The parameters of that function are a primary, a secondary, `process`, which
/// is one of the two, and those that the comment names.
@Suite("Articles", .fewAtOnce)
struct ArticleTests {
    private static let catalogue = Compiler.package.appending(path: "Sources/DPDKMultiProcess/DPDKMultiProcess.docc")

    /// The articles, and the README.
    private static func articles() throws -> [Article] {
        let names = try FileManager.default.contentsOfDirectory(atPath: catalogue.path).filter { $0.hasSuffix(".md") }
        let files =
            names.sorted().map { catalogue.appending(path: $0) } + [Compiler.package.appending(path: "README.md")]
        return try files.map(Article.init)
    }

    @Test func fragmentsCompile() async throws {
        var text = "import DPDKMultiProcess\nimport Glibc\nimport Synchronization\n"
        for article in try Self.articles() {
            text += "enum \(article.name) {\n"
            for block in article.blocks { text += block.asMember(of: article) ?? "" }
            text += "}\n"
        }
        try await expectNoMessage(text, as: "Fragments.swift")
    }

    @Test func programsCompile() async throws {
        // The same program may be in several places.
        let programs = Set(try Self.articles().flatMap(\.blocks).filter { $0.kind == .program }.map(\.text))
        #expect(programs.count > 1)
        for text in programs { try await expectNoMessage(text, as: "main.swift") }
    }

    @Test func manifestsCompile() async throws {
        let manifests = try Self.articles().flatMap(\.blocks).filter { $0.kind == .manifest }.map(\.text)
        #expect(manifests.count > 1)
        for text in manifests {
            let isWhole = text.contains("import PackageDescription\n")
            let text =
                isWhole ? text : "import PackageDescription\nlet package = Package(\nname: \"reader\",\n\(text))\n"
            try await expectNoMessage(text, as: "Package.swift", manifestOptions())
        }
    }

    /// The compiler's options for a manifest, whose library is beside Swift's own.
    private func manifestOptions() async throws -> [String] {
        struct Target: Decodable {
            struct Paths: Decodable { let runtimeResourcePath: String }
            let paths: Paths
        }
        let output = try await Child.run(["swiftc", "-print-target-info"]).output
        let target = try JSONDecoder().decode(Target.self, from: Data(output.utf8))
        return ["-package-description-version", "6.2", "-I", target.paths.runtimeResourcePath + "/pm/ManifestAPI"]
    }

    /// Compiles a text, and expects no error and no warning about an unused result.
    private func expectNoMessage(_ text: String, as name: String, _ options: [String] = []) async throws {
        let folder = try TestRun.makeFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        try Data(text.utf8).write(to: file)
        let (ending, output) = try await Compiler.compile(file, options)
        #expect(ending == .status(0), "\(output)")
        let unused = output.split(separator: "\n").filter { $0.contains("warning: result of") }
        #expect(unused.isEmpty, "\(unused)")
    }

    // MARK: - What the articles must mention

    @Test func everyErrorCodeIsExplained() throws {
        let texts = try sources().filter { $0.contains("extension DPDKError.Code {") }
        let codes = texts.flatMap { $0.matches(of: /static let (\w+) = Self\("\1"\)/).map { String($0.1) } }
        let text = try Article(Self.catalogue.appending(path: "ErrorsAndWhatToDo.md")).text
        let known = codes.filter { text.contains("| `.\($0)` |") }
        #expect(codes.count > 40 && known == codes, "missing: \(Set(codes).subtracting(known))")
    }

    @Test func everyPublicTypeIsOnTheLandingPage() throws {
        let declaration = /^(?:@(?:un)?safe )?public (?:final )?(?:struct|enum|class|protocol) (\w+)/
            .anchorsMatchLineEndings()
        let types = try sources().flatMap { $0.matches(of: declaration).map { String($0.1) } }
        let text = try Article(Self.catalogue.appending(path: "DPDKMultiProcess.md")).text
        // Once in a sentence, and once in the list of topics.
        let known = types.filter { text.split(separator: "``\($0)``", omittingEmptySubsequences: false).count > 2 }
        #expect(types.count > 25 && known == types, "missing: \(Set(types).subtracting(known))")
    }

    /// The library's files.
    private func sources() throws -> [String] {
        let root = Compiler.package.appending(path: "Sources/DPDKMultiProcess")
        return try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
            .sorted().map { try String(contentsOf: root.appending(path: $0), encoding: .utf8) }
    }
}

/// A Markdown document.
private struct Article {
    let file: URL
    let text: String
    let blocks: [Block]

    /// Its name as an identifier.
    var name: String { file.deletingPathExtension().lastPathComponent + "Article" }

    init(_ file: URL) throws {
        self.file = file
        text = try String(contentsOf: file, encoding: .utf8)
        var blocks: [Block] = []
        var comment = ""
        var block: Block?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let open = block {
                if line == "```" {
                    blocks.append(open)
                    (block, comment) = (nil, "")
                } else {
                    block?.text += line + "\n"
                }
            } else if line == "```swift" {
                block = Block(comment: comment, line: index + 2)
            } else if !line.isEmpty {
                comment = line.hasPrefix("<!-- ") ? String(line.dropFirst(5).dropLast(4)) : ""
            }
        }
        self.blocks = blocks
    }
}

/// A block of Swift in an article.
private struct Block {
    /// The text of the HTML comment before the block.
    let comment: String
    /// The line where the block begins.
    let line: Int
    var text = ""

    enum Kind { case program, manifest, declarations, body }

    var kind: Kind {
        if text.contains("import DPDKMultiProcess\n") { return .program }
        if text.contains(".package(") { return .manifest }
        return comment == "declarations" ? .declarations : .body
    }

    /// The block as a member of a type, so that messages name the article and the line; nil if it is a whole file.
    func asMember(of article: Article) -> String? {
        let located = """
            #sourceLocation(file: "\(article.file.lastPathComponent)", line: \(line))
            \(text)
            #sourceLocation()

            """
        switch kind {
        case .program, .manifest: return nil
        case .declarations: return located.replacing(#/^func /#.anchorsMatchLineEndings(), with: "static func ")
        case .body:
            let given = comment.hasPrefix("given: ") ? [String(comment.dropFirst("given: ".count))] : []
            let parameters = ["primary: PrimaryProcess", "secondary: SecondaryProcess", "process: DPDKProcess"] + given
            return "static func line\(line)(\(parameters.joined(separator: ", "))) throws {\n\(located)}\n"
        }
    }
}
