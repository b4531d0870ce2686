import DPDKMultiProcess
import Glibc
import Synchronization

let runSubcommands: [String: Subcommand] = ["run": run]

/// The error that the body of `run` throws if it is told to.
private struct Thrown: Error, CustomStringConvertible {
    let description = "the kettle is empty"
}

/// `run --then return|throw|ignore -- [EAL's options]`: prints `running` in the body of `AutoProcess.run`, waits for
/// the stop signal or ignores it, and ends as a program does.
@Sendable private func run(_ options: Options) -> CInt {
    do {
        let arguments = try EALArguments(commandLine: ["TestPeer"] + options.rest)
        try AutoProcess.run(arguments) { process in
            // When the signal comes, a secondary holds an end, and the primary has what it created.
            let ring =
                switch process {
                case .primary(let primary): try SharedRing<UInt64>(creating: "ticks", capacity: 63, in: primary)
                case .secondary(let secondary): try SharedRing<UInt64>(lookingUp: "ticks", in: secondary)
                }
            let consumer = try? ring.makeConsumer()
            let burst = try PacketBurst(capacity: 8, in: process.process)
            Output.line("running")
            var idle = Idle(.sleep)
            while !StopSignal.isRaised || options["then"] == "ignore" {
                if StopSignal.isRaised { Output.line("ignored") }
                idle.rest(afterFinding: burst.count)
            }
            _ = consume consumer
            if options["then"] == "throw" { throw Thrown() }
        }
        return 0
    } catch {
        DPDKError.exit(for: error)
    }
}
