extension EALArguments {
    /// Checks the arguments as the start of EAL does, without starting it: each option, and whether the lcores and
    /// CPUs exist on this machine.
    ///
    /// The values of additional options are not checked.
    /// - Throws: `.unknownOption`, `.malformedOption` or `.excludesSecondaries`, which names the option;
    ///   `.noSuchLcore`.
    public func validate() throws(DPDKError) { _ = try normalized(on: .current) }

    /// The arguments as they are read back from their own command line, so that both ways to make them are checked
    /// alike. Additional options that have a property are in the property then.
    package func normalized(on machine: Machine) throws(DPDKError) -> Self {
        let words = commandLine
        guard !words.dropFirst().contains("--") else {
            throw DPDKError(
                .malformedOption, "argument '--'", "it ends EAL's options, and is neither one nor the value of one",
                remedy: "Put the program's own arguments into applicationArguments")
        }
        var normalized = try Self(commandLine: words, for: machine.version, passingUnknown: true)
        normalized.applicationArguments = applicationArguments
        try normalized.check(on: machine)
        return normalized
    }

    /// Checks that a program may make a process of the given role with these arguments, and returns them with the
    /// role to start with.
    ///
    /// A program that makes either kind, `.automatic`, leaves the choice to the command line if that states one.
    /// - Throws: `.roleConflict` if the command line asks for something else than the program makes.
    package func adopting(_ made: Role) throws(DPDKError) -> Self {
        var adopted = self
        adopted.role = made == .automatic ? role ?? .automatic : made
        guard let role, role != adopted.role else { return adopted }
        let type = made == .primary ? "PrimaryProcess" : "SecondaryProcess"
        throw DPDKError(
            .roleConflict, "option '--proc-type'",
            "the program makes a \(type), and the option asks for \(role.rawValue)",
            remedy: "Write --proc-type=\(made.rawValue), leave the option out, or make an AutoProcess, which is either")
    }

    private func check(on machine: Machine) throws(DPDKError) {
        guard filePrefix.utf8.count <= machine.filePrefixLimit else {
            throw .malformed(
                "--file-prefix", "'\(filePrefix)' is too long for the paths of sockets below \(machine.runtimeRoot)",
                remedy: "Take a name of at most \(machine.filePrefixLimit) bytes")
        }
        // EAL makes only one of two devices of a name, without an error.
        let names = devices.map { $0.prefix { $0 != "," } }
        if let index = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw .malformed(
                "--vdev", "there are two devices of the name '\(names[index])'", remedy: "Give each its own number")
        }
        if let mainLcore, serviceLcores?.contains(mainLcore) ?? false {
            throw .malformed("-S", "lcore \(mainLcore) is the main one, which runs no services", remedy: "Name another")
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
                "lcore \(missing) is not among this process's, which are \(LcoreGrammar.describe(ids))",
                remedy: "Name one of them, or add it to --lcores")
        }
        if ids.allSatisfy(services.contains) {
            throw .malformed(
                "-S", "all lcores of this process are to run services, and none is left for the program",
                remedy: "Add one to --lcores")
        }
    }
}

extension Machine {
    /// Checks that an lcore's id is within DPDK's limit, and that its CPUs exist.
    fileprivate func check(_ lcore: LcoreAssignment) throws(DPDKError) {
        guard 0..<lcoreLimit ~= lcore.id else {
            let cpu = lcore.cpus.first { cpus.contains($0) } ?? cpus.first ?? 0
            throw DPDKError(
                .noSuchLcore, "lcore \(lcore.id)", "DPDK has no such lcore; the ids go from 0 to \(lcoreLimit - 1)",
                remedy: "Give the CPU a lower lcore id, for instance with --lcores 0@\(cpu)")
        }
        guard !cpus.isEmpty, let missing = lcore.cpus.first(where: { !cpus.contains($0) }) else { return }
        throw DPDKError(
            .noSuchLcore, "lcore \(lcore.id)",
            "it is to run on CPU \(missing), and this process may run on \(LcoreGrammar.describe(cpus))",
            remedy: "Put it on one of these, for instance with --lcores \(lcore.id)@\(cpus[0])")
    }
}
