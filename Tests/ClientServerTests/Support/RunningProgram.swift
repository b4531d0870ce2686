import Foundation
import Glibc
import TestSupport

/// A started mp_server or mp_client, whose output is kept. It never outlives the value.
final class RunningProgram: Sendable {
    private let child: Child
    /// Files without a name, if nothing else is stated.
    private let output: CInt
    private let errors: CInt

    /// - Parameter output: Where its standard output goes, in place of a file that is kept.
    init(_ name: String, _ arguments: [String], output: CInt? = nil) throws {
        let input = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(input) }
        self.output = try output.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? Child.unnamedFile()
        errors = try Child.unnamedFile()
        child = try Child([Child.program(name)] + arguments, standard: [input, self.output, errors])
    }

    deinit {
        child.signal(SIGKILL)
        close(output)
        close(errors)
    }

    var lines: [String] { Child.text(of: output).split(separator: "\n").map(String.init) }

    var errorText: String { Child.text(of: errors) }

    func signal(_ number: CInt) { child.signal(number) }

    /// Waits until something is so, or throws with what the program has written.
    func wait(for what: String, within limit: Duration = .seconds(60), until isSo: () -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !isSo() {
            guard ContinuousClock.now < deadline else {
                throw ChildFailure("no \(what) within \(limit)\n\(lines.suffix(3))\n\(errorText)")
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
        try await wait(for: "end") { child.ending != nil }
        return switch child.ending {
        case .status(let status): status
        case .signal(let number): -number
        case nil: .min
        }
    }

    /// Whether it ended by itself, with the status 0.
    var endedInOrder: Bool { child.ending == .status(0) }
}
