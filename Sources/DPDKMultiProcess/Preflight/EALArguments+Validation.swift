extension EALArguments {
    /// Checks the arguments without starting EAL: each option, and whether the lcores and CPUs exist on this machine.
    ///
    /// The start of a process makes the same checks. The values of additional options are not checked. Any thread may
    /// call this, before and after the start.
    /// - Throws: `.unknownOption`, `.malformedOption` or `.excludesSecondaries`; the error names the option.
    ///   `.noSuchLcore` if an lcore or a CPU does not exist.
    public func validate() throws(DPDKError) { _ = try normalized(on: .current) }

    /// The arguments as read back from their own command line, so that arguments from code pass the same checks.
    ///
    /// Additional options that have a property set the property.
    package func normalized(on machine: Machine) throws(DPDKError) -> Self {
        let words = commandLine
        guard !words.dropFirst().contains("--") else {
            throw DPDKError(
                .malformedOption, "argument '--'", "it ends EAL's options, so it cannot be one of them",
                remedy: "Put the program's own arguments into applicationArguments")
        }
        var normalized = try Self(commandLine: words, for: machine.version, passingUnknown: true)
        normalized.applicationArguments = applicationArguments
        try normalized.check(on: machine)
        return normalized
    }

    /// Returns the arguments with the role to start with.
    ///
    /// A program that starts an `AutoProcess` leaves the role to the command line, if that states one.
    /// - Parameter made: The role that the program starts; `.automatic` for an `AutoProcess`.
    /// - Throws: `.roleConflict` if the command line states another role than the program starts.
    package func adopting(_ made: Role) throws(DPDKError) -> Self {
        var adopted = self
        adopted.role = made == .automatic ? role ?? .automatic : made
        guard let role, role != adopted.role else { return adopted }
        let type = made == .primary ? "PrimaryProcess" : "SecondaryProcess"
        throw DPDKError(
            .roleConflict, "option '--proc-type'",
            "the program starts a \(type), but the option asks for \(role.rawValue)",
            remedy: "Write --proc-type=\(made.rawValue), leave the option out, or start an AutoProcess instead")
    }

    private func check(on machine: Machine) throws(DPDKError) {
        guard filePrefix.utf8.count <= machine.filePrefixLimit else {
            throw .malformed(
                "--file-prefix", "'\(filePrefix)' is too long for the paths of sockets in \(machine.runtimeRoot)",
                remedy: "Choose a name of at most \(machine.filePrefixLimit) bytes")
        }
        // If two devices have the same name, EAL creates one and reports no error.
        let names = devices.map { $0.prefix { $0 != "," } }
        if let index = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw .malformed(
                "--vdev", "two devices have the name '\(names[index])'", remedy: "Give each device its own number")
        }
        if let mainLcore, serviceLcores?.contains(mainLcore) ?? false {
            throw .malformed(
                "-S", "lcore \(mainLcore) is the main lcore, which runs no services", remedy: "Name another lcore")
        }
        let stated =
            lcores ?? ((serviceLcores ?? []) + [mainLcore].compactMap(\.self)).map { LcoreAssignment(id: $0, cpus: []) }
        for lcore in stated { try machine.check(lcore) }
        if let lcores { try check(serviceLcores ?? [], areAmong: lcores.map(\.id)) }
    }

    private func check(_ services: [Int], areAmong ids: [Int]) throws(DPDKError) {
        if let missing = ([mainLcore].compactMap(\.self) + services).first(where: { !ids.contains($0) }) {
            throw DPDKError(
                .noSuchLcore, "option '\(missing == mainLcore ? "--main-lcore" : "-S")'",
                "this process has no lcore \(missing), only \(LcoreGrammar.describe(ids))",
                remedy: "Name one of these, or add lcore \(missing) to --lcores")
        }
        if ids.allSatisfy(services.contains) {
            throw .malformed(
                "-S", "all lcores of this process would run services, and none is left for the program",
                remedy: "Add an lcore to --lcores")
        }
    }
}

extension Machine {
    /// Checks that an lcore's id is within DPDK's limit, and that its CPUs exist.
    fileprivate func check(_ lcore: LcoreAssignment) throws(DPDKError) {
        guard 0..<lcoreLimit ~= lcore.id else {
            let cpu = lcore.cpus.first { cpus.contains($0) } ?? cpus.first ?? 0
            throw DPDKError(
                .noSuchLcore, "lcore \(lcore.id)", "there is no such lcore: the ids go from 0 to \(lcoreLimit - 1)",
                remedy: "Give the CPU a lower lcore id, for instance with --lcores 0@\(cpu)")
        }
        guard !cpus.isEmpty, let missing = lcore.cpus.first(where: { !cpus.contains($0) }) else { return }
        throw DPDKError(
            .noSuchLcore, "lcore \(lcore.id)",
            "it cannot run on CPU \(missing), because it may use only these CPUs: \(LcoreGrammar.describe(cpus))",
            remedy: "Choose one of these, for instance with --lcores \(lcore.id)@\(cpus[0])")
    }
}
