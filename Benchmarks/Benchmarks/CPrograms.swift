import Foundation

/// Programs in C that are compiled for a run, in a folder of their own.
struct CPrograms {
    private let folder: URL

    /// Compiles them.
    /// - Parameters:
    ///   - name: What the folder is named after.
    ///   - script: For a shell. `$0` is the folder, `$1` the sources.
    ///   - sources: Where the sources are.
    ///   - owner: Whose they are, for the error.
    init(_ name: String, _ script: String, from sources: String, of owner: String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(Bench.filePrefix)-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard try Child(["/bin/sh", "-c", script, folder.path, sources]).wait() else {
            remove()
            throw BenchmarkError("\(owner) sources in \(sources) do not compile: see that cc and pkg-config are there")
        }
    }

    func path(_ program: String) -> String { folder.appendingPathComponent(program).path }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
