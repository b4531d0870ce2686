extension EALArguments {
    /// Checks the arguments as the start of EAL does, without starting it.
    ///
    /// Throws `.unknownOption`, `.malformedOption`, `.noSuchLcore` or `.excludesSecondaries`, each naming the
    ///   option.
    public func validate() throws(DPDKError) { _ = try normalized(on: .current) }

    /// The arguments as they are read back from their own command line, so that both ways to make them are checked
    /// alike. Additional options that have a property are in it then.
    package func normalized(on machine: Machine) throws(DPDKError) -> Self {
        let words = commandLine
        guard !words.dropFirst().contains("--") else {
            throw DPDKError(
                .malformedOption, "argument '--'", "it ends EAL's options, and is neither one nor the value of one",
                remedy: "Put the program's own arguments into applicationArguments")
        }
        var normalized = try Self(commandLine: words, on: machine)
        normalized.applicationArguments = applicationArguments
        return normalized
    }

    /// What EAL refuses only after it has read all options, and what it should refuse.
    func checkCombination(on machine: Machine) throws(DPDKError) {
        guard filePrefix.utf8.count <= machine.filePrefixLimit else {
            throw malformed(
                "--file-prefix", "'\(filePrefix)' is too long for the paths of sockets below \(machine.runtimeRoot)",
                remedy: "Take a name of at most \(machine.filePrefixLimit) bytes")
        }
        guard allowedDevices.isEmpty || blockedDevices.isEmpty else {
            throw malformed(
                "--block", "EAL does not take it together with --allow", remedy: "Give one of --allow and --block")
        }
        guard memoryMegabytes == nil || memoryMegabytesPerNode == nil else {
            throw malformed("-m", "EAL does not take it together with --socket-mem", remedy: "Give one of the two")
        }
        let names = devices.map { $0.prefix { $0 != "," } }
        if let index = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw malformed(
                "--vdev", "there are two devices of the name '\(names[index])'", remedy: "Give each its own number")
        }
        try checkAdditionalCombinations()
        if let mainLcore, serviceLcores?.contains(mainLcore) ?? false {
            throw malformed("-S", "lcore \(mainLcore) is the main one, which runs no services", remedy: "Name another")
        }
        if let lcores { try checkMembership(lcores.map(\.id)) } else { try checkRange(machine) }
    }

    private func checkAdditionalCombinations() throws(DPDKError) {
        let conflicts = [
            ("--legacy-mem", "--match-allocations"), ("--legacy-mem", "--socket-limit"),
            ("--auto-probing", "--no-auto-probing"), ("--telemetry", "--no-telemetry"),
        ]
        var given = Set(additionalOptions)
        if !usesTelemetry { given.insert("--no-telemetry") }
        if memoryLimitMegabytesPerNode != nil { given.insert("--socket-limit") }
        for (one, other) in conflicts where given.contains(one) && given.contains(other) {
            throw malformed(one, "it contradicts \(other)", remedy: "Give one of the two")
        }
    }

    private func checkMembership(_ ids: [Int]) throws(DPDKError) {
        if let mainLcore, !ids.contains(mainLcore) {
            throw DPDKError(
                .noSuchLcore, "option '--main-lcore'",
                "lcore \(mainLcore) is not among this process's, which are \(LcoreGrammar.describe(ids))",
                remedy: "Name one of them, or add it to --lcores")
        }
        if let missing = serviceLcores?.first(where: { !ids.contains($0) }) {
            throw DPDKError(
                .noSuchLcore, "option '-S'",
                "lcore \(missing) is not among this process's, which are \(LcoreGrammar.describe(ids))",
                remedy: "Name one of them, or add it to --lcores")
        }
        if ids.allSatisfy({ serviceLcores?.contains($0) ?? false }) {
            throw malformed(
                "-S", "all lcores of this process are to run services, and none is left for the program",
                remedy: "Add one to --lcores")
        }
    }

    private func checkRange(_ machine: Machine) throws(DPDKError) {
        for (id, name) in [(mainLcore, "--main-lcore")] + (serviceLcores ?? []).map({ ($0, "-S") }) {
            if let id { try machine.checkRange(of: id, name) }
        }
    }

    private func malformed(_ name: String, _ message: String, remedy: String) -> DPDKError {
        DPDKError(.malformedOption, "option '\(name)'", message, remedy: remedy)
    }
}

extension Machine {
    /// Checks that the lcore ids and the CPUs of assignments exist.
    func check(_ assignments: [LcoreAssignment], _ name: String) throws(DPDKError) {
        for assignment in assignments {
            try checkRange(of: assignment.id, name, cpus: assignment.cpus)
            guard !cpus.isEmpty, let missing = assignment.cpus.first(where: { !cpus.contains($0) }) else { continue }
            throw DPDKError(
                .noSuchLcore, "option '\(name)'",
                "lcore \(assignment.id) is to run on CPU \(missing), and this process may run on "
                    + LcoreGrammar.describe(cpus),
                remedy: "Put it on one of these, for instance with --lcores \(assignment.id)@\(cpus[0])")
        }
    }

    /// Checks that an lcore id is within DPDK's limit.
    func checkRange(of id: Int, _ name: String, cpus: [Int] = []) throws(DPDKError) {
        guard id < 0 || id >= lcoreLimit else { return }
        let cpu = cpus.first { self.cpus.contains($0) } ?? self.cpus.first ?? 0
        throw DPDKError(
            .noSuchLcore, "option '\(name)'", "there is no lcore \(id); the ids go from 0 to \(lcoreLimit - 1)",
            remedy: "Give the CPU a lower lcore id, for instance with --lcores 0@\(cpu)")
    }
}
