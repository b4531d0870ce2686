internal import Glibc

/// A running program of this package. Its output is kept, and it is killed when the value is released.
package final class RunningProgram: Sendable {
    private let child: Child
    /// Files without a name, unless the caller passed another output.
    private let output: CInt
    private let errors: CInt

    /// Starts a program.
    /// - Parameters:
    ///   - wrapper: A command that runs the program, which follows as its last arguments.
    ///   - output: A descriptor for its standard output, instead of a file that is kept.
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

    /// Waits until a condition holds, or throws an error with the output of the program.
    package func wait(for what: String, within limit: Duration = .seconds(60), until isSo: () -> Bool) async throws {
        let deadline = ContinuousClock.now + limit
        while !isSo() {
            guard ContinuousClock.now < deadline else {
                throw ChildFailure("no \(what) within \(limit)\n\(lines.suffix(3))\n\(errorText)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Waits until the program has written a text to its standard error.
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

    /// Whether the program ended by itself with status 0.
    package var endedInOrder: Bool { child.ending == .status(0) }
}
