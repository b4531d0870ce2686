extension EALArguments {
    /// The arguments as a command line for EAL: the program, then options in spellings that every version of DPDK
    /// knows.
    ///
    /// The application's own arguments are left out. The corresponding C parameter is the `argv` of `rte_eal_init`.
    public var commandLine: [String] {
        var words = [program, "--file-prefix=\(filePrefix)"]
        func long(_ name: String, _ value: (some Any)?) {
            if let value { words.append("\(name)=\(value)") }
        }
        func short(_ name: String, _ value: (some Any)?) {
            if let value { words += [name, "\(value)"] }
        }
        func list(_ numbers: [Int]?) -> String? { numbers?.map(String.init).joined(separator: ",") }
        long("--proc-type", role?.rawValue)
        long("--lcores", lcores?.map(\.description).joined(separator: ","))
        long("--main-lcore", mainLcore)
        short("-S", list(serviceLcores))
        short("-m", memoryMegabytes)
        short("-n", memoryChannelCount)
        short("-r", memoryRankCount)
        long("--socket-mem", list(memoryMegabytesPerNode))
        long("--socket-limit", list(memoryLimitMegabytesPerNode))
        long("--huge-dir", hugepageDirectory)
        long("--base-virtaddr", virtualBaseAddress.map { "0x" + String($0, radix: 16) })
        long("--iova-mode", iovaMode?.rawValue)
        for value in devices { long("--vdev", value) }
        for value in allowedDevices { long("--allow", value) }
        for value in blockedDevices { long("--block", value) }
        for value in driverPaths { short("-d", value) }
        for value in logLevels { long("--log-level", value) }
        if !usesPCI { words.append("--no-pci") }
        if !usesTelemetry { words.append("--no-telemetry") }
        return words + additionalOptions
    }

    /// A summary of the installed DPDK's EAL options, one in each line, for a program's own help.
    public static var usage: String { EALOption.usage(of: .installed) }
}
