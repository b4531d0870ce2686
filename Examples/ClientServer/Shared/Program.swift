public import ArgumentParser
public import DPDKMultiProcess
internal import Glibc

/// What both programs do from their command line to their exit status.
public enum Program {
    /// A failure that is the program's own, in one sentence.
    public struct Failure: Error, CustomStringConvertible {
        /// The sentence, without a full stop.
        public let description: String

        /// Makes a failure.
        public init(_ description: String) { self.description = description }
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
        } catch let error as DPDKError where error.isAboutTheCommandLine {
            end(64, "\(error)")
        } catch let error as DPDKError {
            end(1, "\(error)")
        } catch let error as Failure {
            end(1, "\(error).")
        } catch {
            Options.exit(withError: error)
        }
        exit(0)
    }

    /// The program's name, as it was called.
    static var name: Substring { CommandLine.arguments[0].split(separator: "/").last ?? "" }

    /// Says something to the person who watches, beside the program's output; in vain where the terminal takes nothing
    /// for a second, so that no program hangs in saying that it ends.
    public static func note(_ text: String) {
        write("\(name): \(text)\n", to: STDERR_FILENO, patience: 1_000)
    }

    /// Writes lines to standard output at once and unbuffered, and waits for as long as that takes nothing.
    public static func show(_ text: String) { write("\(text)\n", to: STDOUT_FILENO, patience: -1) }

    /// Writes all of it, or gives up: when the reader has gone, or takes nothing for so many milliseconds.
    private static func write(_ text: String, to descriptor: CInt, patience: CInt) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            var target = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            var count = unsafe Int(poll(&target, 1, patience))
            if count == 0 { return }
            if count > 0 {
                count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    private static func end(_ status: CInt, _ text: String) -> Never {
        note(text)
        exit(status)
    }
}

extension DPDKError {
    fileprivate var isAboutTheCommandLine: Bool {
        [.unknownOption, .malformedOption, .excludesSecondaries, .roleConflict].contains(code)
    }
}

extension EALArguments {
    /// The arguments for a program that is always of one role: `--proc-type=auto`, as the sample has it, stands for
    /// that.
    public func always(_ role: Role) throws -> Self {
        guard [nil, .automatic, role].contains(self.role) else {
            let kind = role == .primary ? "the primary" : "a secondary"
            throw ValidationError("\(Program.name) is always \(kind): leave --proc-type out.")
        }
        var arguments = self
        arguments.role = nil
        return arguments
    }
}
