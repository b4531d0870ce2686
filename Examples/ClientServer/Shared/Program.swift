public import ArgumentParser
public import DPDKMultiProcess
internal import Glibc

/// What both programs do from their command line to their exit status.
public enum Program {
    /// A failure that is the program's own.
    public struct Failure: Error, CustomStringConvertible {
        /// What is wrong, and what to do.
        public let description: String

        /// Makes a failure of one sentence, which has no full stop.
        public init(_ sentence: String) { description = sentence + "." }
    }

    /// Reads the command line, runs `body`, and ends the process: with 0, with 64 for a command line that is not
    /// understood, or with 1 for everything else, and then with a sentence on standard error.
    public static func run<Options: ParsableCommand>(
        _ options: Options.Type, _ body: (Options, EALArguments) throws -> Void
    ) -> Never {
        do {
            let arguments = try EALArguments(commandLine: CommandLine.arguments)
            let own = try Options.parse(arguments.applicationArguments)
            StopSignal.install()
            // A reader that went away does no harm.
            signal(SIGPIPE, SIG_IGN)
            try body(own, arguments)
        } catch let error as DPDKError where error.code == .helpRequested {
            print("\(Options.helpMessage())\n\nEAL OPTIONS:\n\(EALArguments.usage)")
        } catch let error where error is DPDKError || error is Failure {
            DPDKError.exit(for: error)
        } catch {
            Options.exit(withError: error)
        }
        exit(0)
    }

    /// The program's name, as it was called.
    static var name: Substring { CommandLine.arguments[0].split(separator: "/").last ?? "" }

    /// Says something to the person who watches, on standard error; in vain if that takes nothing for a second.
    public static func note(_ text: String) {
        _ = write("\(name): \(text)\n", to: STDERR_FILENO) { false }
    }

    /// Writes lines to standard output, and waits while that takes nothing, but only for a second once the process was
    /// asked to stop.
    ///
    /// - Returns: Whether they were taken, or there is no reader any more.
    public static func show(_ text: String) -> Bool {
        write("\(text)\n", to: STDOUT_FILENO) { !StopSignal.isRaised }
    }

    private static func write(_ text: String, to descriptor: CInt, waitingWhile isPatient: () -> Bool) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var target = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = unsafe poll(&target, 1, 1_000)
            if ready == 0, !isPatient() { return false }
            guard ready > 0 else { continue }
            // No more than a pipe that is ready has room for, so that this does not wait.
            let piece = rest.prefix(Int(PIPE_BUF))
            let count = unsafe piece.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { break }
            rest = rest.dropFirst(max(0, count))
        }
        return true
    }
}

extension EALArguments {
    /// The arguments for a program that is always of one role, for which `--proc-type=auto` stands, as in the sample.
    public func always(_ role: Role) throws -> Self {
        let kind = role == .primary ? "the primary" : "a secondary"
        try check(
            [nil, .automatic, role].contains(self.role), "\(Program.name) is always \(kind): leave --proc-type out.")
        var arguments = self
        arguments.role = nil
        return arguments
    }
}
