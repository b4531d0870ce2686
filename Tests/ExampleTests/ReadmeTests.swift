import Foundation
import Testing

@Suite("README.md and the examples")
struct ReadmeTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test(arguments: ["Ticks", "Forward"])
    func aProgramStandsInItWordForWord(name: String) throws {
        let program = try Self.text("Examples/\(name)/main.swift")
        #expect(try Self.text("README.md").contains("\n```swift\n\(program)```\n"))
    }

    @Test func forwardIsShort() throws {
        let lines = try Self.text("Examples/Forward/main.swift").split(separator: "\n")
        let code = lines.map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("//") }
        #expect((1...80).contains(code.count), "\(code.count) lines")
    }
}
