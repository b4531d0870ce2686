import Foundation
import TestSupport

/// The compiler, called as for a package that depends on this one.
enum Compiler {
    /// The root of this package.
    static let package = (1...4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }

    /// Compiles a file and returns the compiler's status and output. Ownership is checked as well, after the types.
    ///
    /// All files that the compiler writes are in the folder of the file.
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
