internal import Glibc

extension DPDKError {
    /// Ends the process because of an error, with a message that says what is wrong and what to do.
    ///
    ///     do {
    ///         try PrimaryProcess.run(EALArguments(commandLine: CommandLine.arguments)) { primary in … }
    ///     } catch {
    ///         DPDKError.exit(for: error)
    ///     }
    ///
    /// After `--help` it prints EAL's options to standard output and exits with status 0. Every other error is printed
    /// to standard error, after the program's name. The status is 64 (`EX_USAGE`) for a mistake in the command line,
    /// and 1 for every other error, whatever its type.
    ///
    /// Shut DPDK down before you call this, as `run` does: an exit while DPDK runs leaves the group's files behind.
    ///
    /// - Parameter error: An error of the library or of the program.
    public static func exit(for error: any Error) -> Never {
        let program = EALArguments.name(of: CommandLine.arguments.first ?? "")
        let code = (error as? DPDKError)?.code
        if code == .helpRequested {
            print("usage: \(program) [EAL options] [-- arguments of the program]\n\n\(EALArguments.usage)")
            Glibc.exit(0)
        }
        // The global variable `stderr` cannot be used in Swift 6: concurrency checking refuses it.
        if let output = unsafe fdopen(STDERR_FILENO, "w") { unsafe fputs("\(program): \(error)\n", output) }
        let usage: [Code?] = [.unknownOption, .malformedOption, .excludesSecondaries, .roleConflict, .noSuchLcore]
        Glibc.exit(usage.contains(code) ? EX_USAGE : 1)
    }
}
