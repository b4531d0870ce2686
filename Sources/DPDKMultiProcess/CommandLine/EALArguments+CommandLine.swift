extension EALArguments {
    /// Reads a command line of the form `program [EAL options] -- [own arguments]`.
    ///
    /// What follows `--` is left in `applicationArguments`; without `--`, everything is for EAL, as in DPDK.
    /// Options have to be spelt out: DPDK took abbreviations before 25.11, and ends the process on them from then on.
    /// - Parameter commandLine: The program and its arguments, usually `CommandLine.arguments`.
    /// Throws `.unknownOption`, `.malformedOption`, `.noSuchLcore` or `.excludesSecondaries`, each naming the
    ///   option; `.helpRequested` for `--help`, whose message is a summary of the options.
    public init(commandLine: [String]) throws(DPDKError) {
        try self.init(commandLine: commandLine, on: .current)
    }

    package init(commandLine: [String], on machine: Machine) throws(DPDKError) {
        self.init()
        program = Self.name(of: commandLine.first ?? "")
        let words = commandLine.dropFirst()
        let own = words.firstIndex(of: "--")
        applicationArguments = own.map { Array(words[($0 + 1)...]) } ?? []
        var scanner = OptionScanner(words[..<(own ?? words.endIndex)], version: machine.version)
        var earlier: [EALOption.Key: OptionScanner.Found] = [:]
        while let found = try scanner.next() {
            try found.check(on: machine)
            if !found.option.repeats, let before = earlier.updateValue(found, forKey: found.option.key) {
                guard before.value != found.value else { continue }
                throw found.malformed(
                    "the option is given twice, with '\(before.value ?? "")' and with '\(found.value ?? "")'",
                    remedy: "Give it once")
            }
            try take(found, on: machine)
        }
        try checkCombination(on: machine)
    }

    /// Puts one option where it belongs.
    private mutating func take(_ found: OptionScanner.Found, on machine: Machine) throws(DPDKError) {
        let value = found.value ?? ""
        switch found.option.key {
        case .lcores, .coreList, .coreMask: try takeLcores(found, on: machine)
        case .mainLcore: mainLcore = EALOption.number(value)
        case .serviceList: try takeServices(LcoreGrammar.list(value), found)
        case .serviceMask: try takeServices(LcoreGrammar.mask(value), found)
        case .filePrefix: filePrefix = value
        case .processType: role = Role(option: value)
        case .memorySize: memoryMegabytes = EALOption.number(value)
        case .nodeMemory: memoryMegabytesPerNode = EALOption.numbers(value)
        case .nodeLimits: memoryLimitMegabytesPerNode = EALOption.numbers(value)
        case .memoryChannelCount: memoryChannelCount = EALOption.number(value)
        case .memoryRankCount: memoryRankCount = EALOption.number(value)
        case .vdev: devices.append(value)
        case .allow: allowedDevices.append(value)
        case .block: blockedDevices.append(value)
        case .driverPath: driverPaths.append(value)
        case .noPCI: usesPCI = false
        case .noTelemetry: usesTelemetry = false
        case .logLevel: logLevels.append(value)
        case .baseAddress: virtualBaseAddress = EALOption.address(value)
        case .hugeDirectory: hugepageDirectory = value
        case .iovaMode: iovaMode = IOVAMode(rawValue: value)
        case .hugeUnlink where value == "existing": break  // The default.
        case .help: throw DPDKError.help(for: machine.version)
        default: takeAdditional(found)
        }
    }

    private mutating func takeAdditional(_ found: OptionScanner.Found) {
        let name = found.option.names[0].text
        let word = found.value.map { "\(name)=\($0)" } ?? name
        if !additionalOptions.contains(word) { additionalOptions.append(word) }
    }

    private mutating func takeLcores(_ found: OptionScanner.Found, on machine: Machine) throws(DPDKError) {
        let value = found.value ?? ""
        let named =
            switch found.option.key {
            case .coreMask: LcoreGrammar.mask(value)?.map { LcoreAssignment(id: $0, cpus: [$0]) }
            case .coreList where !found.option.isLcoreMap(in: machine.version):
                LcoreGrammar.list(value)?.map { LcoreAssignment(id: $0, cpus: [$0]) }
            default: LcoreGrammar.map(value)
            }
        guard let lcores, lcores != named else {
            try machine.check(named ?? [], found.name)
            self.lcores = named
            return
        }
        throw found.malformed(
            "the lcores are given twice, and differently", remedy: "Give one of -l, -c and --lcores")
    }

    private mutating func takeServices(_ named: [Int]?, _ found: OptionScanner.Found) throws(DPDKError) {
        guard let serviceLcores, serviceLcores != named else {
            self.serviceLcores = named
            return
        }
        throw found.malformed("the service lcores are given twice, and differently", remedy: "Give one of -s and -S")
    }
}
