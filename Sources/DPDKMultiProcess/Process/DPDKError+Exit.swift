internal import Glibc

extension DPDKError {
    /// Ends the process because of an error: says what is wrong and what to do, in place of Swift's backtrace.
    ///
    ///     do {
    ///         try PrimaryProcess.run(EALArguments(commandLine: CommandLine.arguments)) { primary in … }
    ///     } catch {
    ///         DPDKError.exit(for: error)
    ///     }
    ///
    /// After `--help` it prints EAL's options to standard output and ends with status 0. Every other error goes to
    /// standard error, with the program's name before it. A mistake in the command line ends with status 64, which is
    /// `EX_USAGE`; everything else, errors of other types among it, with status 1.
    ///
    /// DPDK must be shut down before, as it is after `run`: like every exit, this one leaves a running group's files
    /// behind.
    ///
    /// - Parameter error: What the program's own code or the library threw.
    public static func exit(for error: any Error) -> Never {
        let program = EALArguments.name(of: CommandLine.arguments.first ?? "")
        let code = (error as? DPDKError)?.code
        if code == .helpRequested {
            print("usage: \(program) [EAL options] [-- arguments of the program]\n\n\(EALArguments.usage)")
            Glibc.exit(0)
        }
        // `stderr` is a variable, which Swift does not take for safe.
        if let output = unsafe fdopen(STDERR_FILENO, "w") { unsafe fputs("\(program): \(error)\n", output) }
        let usage: [Code?] = [.unknownOption, .malformedOption, .excludesSecondaries, .roleConflict, .noSuchLcore]
        Glibc.exit(usage.contains(code) ? EX_USAGE : 1)
    }
}
