import ArgumentParser
import CStorm
import DPDKMultiProcess
import Glibc

/// The command line of a client, which the primary writes.
struct ClientOptions: ParsableArguments {
    @Option var filePrefix: String
    @Option var parent: Int32
    /// The client's number, from 0.
    @Option var number: Int
    /// How many clients with this number there were, this one included.
    @Option var incarnation: UInt32
    @Option var seed: UInt64
    @Option var traffic: Traffic

    var arguments: EALArguments {
        EALArguments(filePrefix: filePrefix, lcores: [CPUs.lcore(number + 1)], usesPCI: false, usesTelemetry: false)
    }

    /// Ends this process as soon as the primary has ended.
    func endWithParent() { cstorm_end_with_parent(parent) }

    /// The words of a command line that is read as these options.
    static func words(
        number: Int, incarnation: UInt32, seed: UInt64, for options: StormOptions
    ) -> [String] {
        [
            "kill-storm-client", "client", "--file-prefix", options.filePrefix, "--parent", "\(getpid())", "--number",
            "\(number)", "--incarnation", "\(incarnation)", "--seed", "\(seed)", "--traffic",
            options.traffic.rawValue,
        ]
    }
}
