extension EALArguments {
    /// Reads a command line of the form `program [EAL options] -- [own arguments]`.
    ///
    /// The arguments after `--` go into `applicationArguments`. Without `--`, all arguments are for EAL, as in C.
    /// Options must not be abbreviated. Unknown options are refused, unless the installed DPDK is newer than the
    /// versions that the library knows. Options without a property go into `additionalOptions`; EAL checks their
    /// values, and may print its help to standard output before the start fails. Whether lcores and CPUs exist is
    /// checked only by `validate()` and by the start of a process.
    /// - Parameter commandLine: The program and its arguments, usually `CommandLine.arguments`.
    /// - Throws: `.unknownOption`, `.malformedOption` or `.excludesSecondaries`; the error names the option.
    ///   `.helpRequested` for `--help`; the message is a summary of the options.
    public init(commandLine: [String]) throws(DPDKError) {
        try self.init(commandLine: commandLine, for: .installed)
    }

    /// Reads a command line for a version of DPDK, with unknown options passed to EAL or refused.
    package init(commandLine: [String], for version: DPDKVersion, passingUnknown: Bool = false) throws(DPDKError) {
        let passesUnknown = passingUnknown || version.series > EALOption.newestVersion
        self.init()
        program = Self.name(of: commandLine.first ?? "")
        let words = commandLine.dropFirst()
        let own = words.firstIndex(of: "--")
        applicationArguments = own.map { Array(words[($0 + 1)...]) } ?? []
        let options = words[..<(own ?? words.endIndex)]
        var scanner = OptionScanner(words: options, version: version, passesUnknown: passesUnknown)
        var values: [String: String?] = [:]
        while let found = try scanner.next() {
            guard let option = found.option else {
                additionalOptions.append(found.name)
                continue
            }
            let id = option.names[0].text
            if let earlier = values.updateValue(found.value, forKey: id), !option.repeats {
                guard earlier != found.value else { continue }
                throw .malformed(
                    found.name, "the option is given twice, with '\(earlier ?? "")' and with '\(found.value ?? "")'",
                    remedy: "Give it once")
            }
            try take(found, id, version)
        }
        for (one, other) in Self.conflicts where values.keys.contains(one) && values.keys.contains(other) {
            throw .malformed(one, "the option excludes \(other)", remedy: "Give only one of the two")
        }
    }

    /// Options that exclude each other. EAL fails with its help for some pairs, and ignores one option of others.
    private static let conflicts = [
        ("--lcores", "-l"), ("--lcores", "-c"), ("-l", "-c"), ("-S", "-s"), ("--allow", "--block"),
        ("-m", "--socket-mem"), ("--legacy-mem", "--socket-limit"), ("--telemetry", "--no-telemetry"),
    ]

    /// Sets the property of an option, or adds the option to the additional ones.
    private mutating func take(_ found: OptionScanner.Found, _ id: String, _ version: DPDKVersion) throws(DPDKError) {
        switch id {
        case "--file-prefix": filePrefix = try found.read(EALOption.filePrefix)
        case "--proc-type": role = try found.read { Role(rawValue: $0.lowercased()) }
        case "--lcores": lcores = try found.read(LcoreGrammar.map)
        // From 25.11 on, `-l` means the same as `--lcores`.
        case "-l" where version.series >= DPDKVersion(25, 11): lcores = try found.read(LcoreGrammar.map)
        case "-l": lcores = try found.read(LcoreGrammar.list).map { LcoreAssignment(id: $0, cpus: [$0]) }
        case "-c": lcores = try found.read(LcoreGrammar.mask).map { LcoreAssignment(id: $0, cpus: [$0]) }
        case "--main-lcore": mainLcore = try found.read { EALOption.number($0) }
        case "-S": serviceLcores = try found.read(LcoreGrammar.list)
        case "-s": serviceLcores = try found.read(LcoreGrammar.mask)
        case "-m": memoryMegabytes = try found.read { EALOption.number($0, in: 1...1 << 40) }
        case "-n": memoryChannelCount = try found.read { EALOption.number($0, in: 1...32) }
        case "-r": memoryRankCount = try found.read { EALOption.number($0, in: 1...16) }
        case "--socket-mem": memoryMegabytesPerNode = try found.read(EALOption.megabytes)
        case "--socket-limit": memoryLimitMegabytesPerNode = try found.read(EALOption.megabytes)
        case "--huge-dir": hugepageDirectory = found.value
        case "--huge-unlink" where found.value == "existing": break  // The default.
        case "--huge-unlink" where [nil, "always"].contains(found.value):
            throw DPDKError(
                .excludesSecondaries, "option '\(id)\(found.value.map { "=\($0)" } ?? "")'",
                "no secondary could attach, because EAL would remove the files that secondaries map",
                remedy: "Leave it out, or write --huge-unlink=existing")
        case "--huge-unlink":
            throw .malformed(
                id, "the files of earlier runs must be removed, so that their contents do not return",
                remedy: "Leave it out, or write --huge-unlink=existing")
        case "--base-virtaddr": virtualBaseAddress = try found.read(EALOption.address)
        case "--iova-mode": iovaMode = try found.read(IOVAMode.init(rawValue:))
        case "--vdev": devices.append(try found.read(EALOption.virtualDevice))
        case "--allow": allowedDevices.append(try found.read(EALOption.device))
        case "--block": blockedDevices.append(try found.read(EALOption.device))
        case "-d": driverPaths += [found.value].compactMap(\.self)
        case "--log-level": logLevels.append(try found.read(EALOption.logLevel))
        case "--no-pci": usesPCI = false
        case "--no-telemetry": usesTelemetry = false
        case "--help":
            throw DPDKError(
                .helpRequested, nil,
                "the command line asks for help; EAL's options are:\n\(EALOption.usage(of: version))\n",
                remedy: "Print EALArguments.usage with the program's own help, and exit")
        default: additionalOptions.append(found.value.map { "\(id)=\($0)" } ?? id)
        }
    }
}
