import ArgumentParser
import DPDKMultiProcess

/// Where the packets go that clients transmit.
enum Traffic: String, ExpressibleByArgument {
    /// Into `net_null` devices, from which clients receive as well.
    case null
    /// Into `net_tap` devices. The kernel passes them from one device to the other, and the primary receives them.
    case tap

    /// The options of EAL that make both devices.
    var devices: [String] {
        switch self {
        case .null: ["net_null0", "net_null1"]
        case .tap: ["net_tap0,iface=storm0", "net_tap1,iface=storm1"]
        }
    }
}

/// What a process is to be doing when it is killed.
enum Moment: String, ExpressibleByArgument, CaseIterable {
    case running, starting, leaving
    case any
}

/// The command line of the primary.
struct StormOptions: ParsableArguments {
    /// How many clients there can be. A `net_tap` device shares four queues of each kind.
    static let clientLimit = 4

    @Option var filePrefix = "kill_storm"
    @Option var kills = 1000
    @Option var seed: UInt64 = 1
    @Option var traffic = Traffic.null
    @Option var clients = 1
    @Option var `while` = Moment.running
    /// How long the run without kills takes at most, in seconds.
    @Option var calm = 86_400

    func validate() throws {
        guard kills >= 0 else { throw ValidationError("--kills is a number from 0") }
        guard (1...Self.clientLimit).contains(clients) else {
            throw ValidationError("--clients is a number from 1 to \(Self.clientLimit)")
        }
    }

    var arguments: EALArguments {
        EALArguments(
            filePrefix: filePrefix, lcores: [CPUs.lcore(0)], memoryMegabytes: 128, devices: traffic.devices,
            usesPCI: false, usesTelemetry: false)
    }
}
