import Foundation
import TestSupport

/// The compiler, as a package that depends on this one has it called.
enum Compiler {
    /// The root of this package.
    static let package = (1...4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }

    /// How the compiler ends and what it says of a file, ownership included, which is checked after the types.
    ///
    /// What it leaves behind is in the file's folder.
    static func compile(_ file: URL, _ options: [String] = []) async throws -> (ending: Child.Ending, output: String) {
        let products = URL(fileURLWithPath: Peer.executable).deletingLastPathComponent().path
        return try await Child.run(
            [
                "swiftc", "-emit-sil", "-o", "/dev/null", "-swift-version", "6", "-I", "\(products)/Modules",
                "-Xcc", "-fmodule-map-file=\(products)/CDPDK.build/module.modulemap",
                "-Xcc", "-I", "-Xcc", "\(package.path)/Sources/CDPDK/include",
            ] + options + [file.path],
            environment: ["TMPDIR": file.deletingLastPathComponent().path], within: .seconds(110))
    }
}
