import Foundation
import Glibc

/// A started mp_server or mp_client, whose output is kept. It never outlives the value.
final class RunningProgram {
    private let process = Process()
    private let group: ServerGroup
    private let output: URL
    private let errors: URL

    init(
        _ name: String, _ arguments: [String], environment: [String: String], in folder: URL, of group: ServerGroup
    ) throws {
        self.group = group
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let file = folder.appendingPathComponent(UUID().uuidString)
        output = file.appendingPathExtension("out")
        errors = file.appendingPathExtension("err")
        for url in [output, errors] { try Data().write(to: url) }
        process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit {
        if process.isRunning { signal(SIGKILL) }
        process.waitUntilExit()
    }

    var lines: [String] { text(of: output).split(separator: "\n").map(String.init) }

    var errorText: String { text(of: errors) }

    func signal(_ number: CInt) { kill(process.processIdentifier, number) }

    /// Waits until something is so, or throws with what the program has written.
    func wait(for what: String, within limit: Duration = .seconds(15), until isSo: () -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !isSo() {
            guard ContinuousClock.now < deadline else {
                throw Missed(description: "no \(what) within \(limit)\n\(lines.suffix(3))\n\(errorText)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until the program has said something on its standard error.
    func wait(forNote text: String) async throws {
        try await wait(for: "'\(text)'") { errorText.contains(text) }
    }

    /// Waits for the end, and returns the exit status, or the negative number of the signal that ended it.
    func end() async throws -> CInt {
        try await wait(for: "end") { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    private func text(of url: URL) -> String {
        (try? Data(contentsOf: url)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    struct Missed: Error, CustomStringConvertible { let description: String }
}
