internal import CDPDK

/// What a failed `rte_eal_init` means, told from its error number and its log.
package enum EALFailure {
    /// The error of a start that failed with this number and these lines.
    package static func error(_ number: RTEErrno, log: [String], _ arguments: EALArguments) -> DPDKError {
        let group = "group '\(arguments.filePrefix)'"
        func logged(_ text: String) -> Bool { log.contains { $0.contains(text) } }

        if logged("base-virtaddr") || logged("Cannot mmap memory for rte_config") || logged("address space") {
            return DPDKError(
                .addressSpaceConflict, group, "shared memory could not be mapped where the primary has it",
                remedy: "Start the process again, or the primary with another --base-virtaddr; see also setarch -R",
                underlying: number, log: log)
        }
        if logged("Is another primary process running?") {
            return DPDKError(
                .primaryAlreadyRunning, group, "another primary has started at the same moment",
                remedy: "Attach as a secondary, end that process first, or take another --file-prefix",
                underlying: number, log: log)
        }
        if logged("Cannot initialize tailq") {
            return DPDKError(
                .versionMismatch, group, "this process has DPDK libraries that the primary has not",
                remedy: "Link the primary with at least the DPDK libraries of its secondaries", underlying: number,
                log: log)
        }
        if let words = refusedOption(log, arguments) {
            return DPDKError(
                .malformedOption, group, "EAL refuses an option: \(words)",
                remedy: "Correct the option; EALArguments.usage has the form of each value", underlying: number,
                log: log)
        }
        // EAL sets EACCES where it finds no pages, too.
        let lacksPages =
            logged("No free") && logged("hugepages") || logged("Cannot get hugepage information")
            || logged("Not enough memory") || number.isOutOfMemory
        if number.isPermission, !lacksPages || logged("Permission denied") || logged("Operation not permitted") {
            return DPDKError(
                .permissionDenied, group, "EAL may not use something that it needs",
                remedy: "Run as root, or give this user the hugepages and the runtime directory", underlying: number,
                log: log)
        }
        if lacksPages {
            return DPDKError(
                .notEnoughHugepages, group, "EAL could not get the hugepages that it needs",
                remedy: "Reserve more of them: sysctl -w vm.nr_hugepages=512", underlying: number, log: log)
        }
        return DPDKError(
            .initializationFailed, group, "EAL did not start",
            remedy: "Look for the cause in EAL's log below; --log-level=lib.eal:debug shows more", underlying: number,
            log: log)
    }

    /// EAL's words about the option that it refused, nil if it did not fail at one.
    ///
    /// They precede the line in which EAL says at which step it failed. It also logs there what it detected.
    private static func refusedOption(_ log: [String], _ arguments: EALArguments) -> String? {
        var steps = [
            "Invalid 'command line' arguments", "Error parsing command line arguments",
            "Invalid command line arguments", "Unable to parse device",
        ]
        if !arguments.driverPaths.isEmpty { steps.append("Cannot init plugins") }
        let failed = log.firstIndex { line in steps.contains { line.contains($0) } }
        guard let failed, !log.contains(where: { $0.contains("Cannot create runtime directory") }) else { return nil }
        let words = log[..<failed].last { !$0.contains("Detected") } ?? log[failed]
        return words.replacing(/EAL: |\.$/, with: "")
    }
}
