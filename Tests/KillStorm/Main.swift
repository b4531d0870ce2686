import ArgumentParser
import DPDKMultiProcess
import Foundation

/// Kills processes of a group at random instants, and counts what becomes of their packets: see Scripts/kill-storm.
///
/// One executable is the primary and, started by it with other arguments, each of its clients.
@main
struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-storm", abstract: "Kills processes of a group at random instants; see Scripts/kill-storm.",
        subcommands: [Primary.self, Secondary.self])

    /// The primary, which keeps the load up, kills and counts.
    struct Primary: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "primary")

        @OptionGroup var options: StormOptions

        func run() throws {
            StopSignal.install()
            var isClean = false
            try Main.explaining {
                try PrimaryProcess.run(options.arguments) { primary in
                    isClean = try Storm(options, in: primary).run()
                }
            }
            if !isClean { throw ExitCode(1) }
        }
    }

    /// A client.
    struct Secondary: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "client")

        @OptionGroup var options: ClientOptions

        func run() throws {
            StopSignal.install()
            options.endWithParent()
            try Main.explaining {
                try SecondaryProcess.run(options.arguments) { secondary in
                    var client = try Client(options, in: secondary)
                    client.run(in: secondary)
                }
            }
        }
    }

    /// Ends the process with a sentence and status 1 if `body` throws.
    private static func explaining(_ body: () throws -> Void) throws {
        do { try body() } catch let error as DPDKError { DPDKError.exit(for: error) }
    }
}

/// A failure of the storm's own.
struct StormFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
