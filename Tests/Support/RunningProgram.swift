internal import Glibc

/// A started program of this package, whose output is kept. It never outlives the value.
package final class RunningProgram: Sendable {
    private let child: Child
    /// Files without a name, if nothing else is stated.
    private let output: CInt
    private let errors: CInt

    /// Starts a program.
    /// - Parameters:
    ///   - wrapper: A command that ends in running the words after its own.
    ///   - output: Where its standard output goes, in place of a file that is kept.
    package init(
        _ name: String, _ arguments: [String], under wrapper: [String] = [], output: CInt? = nil
    ) throws {
        let input = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { close(input) }
        self.output = try output.map { fcntl($0, F_DUPFD_CLOEXEC, 0) } ?? Child.unnamedFile()
        errors = try Child.unnamedFile()
        child = try Child(wrapper + [Child.program(name)] + arguments, standard: [input, self.output, errors])
    }

    deinit {
        child.signal(SIGKILL)
        close(output)
        close(errors)
    }

    package var lines: [String] { Child.text(of: output).split(separator: "\n").map(String.init) }

    package var errorText: String { Child.text(of: errors) }

    package func signal(_ number: CInt) { child.signal(number) }

    /// Waits until something is so, or throws with what the program has written.
    package func wait(for what: String, within limit: Duration = .seconds(60), until isSo: () -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !isSo() {
            guard ContinuousClock.now < deadline else {
                throw ChildFailure("no \(what) within \(limit)\n\(lines.suffix(3))\n\(errorText)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until the program has said something on its standard error.
    package func wait(forNote text: String) async throws {
        try await wait(for: "'\(text)'") { errorText.contains(text) }
    }

    /// Waits for the end, and returns the exit status, or the negative number of the signal that ended it.
    package func end() async throws -> CInt {
        try await wait(for: "end") { child.ending != nil }
        return switch child.ending {
        case .status(let status): status
        case .signal(let number): -number
        case nil: .min
        }
    }

    /// Whether it ended by itself, with the status 0.
    package var endedInOrder: Bool { child.ending == .status(0) }
}
