internal import CDPDK
internal import Glibc

/// Finds the reason of a failed `rte_eal_init` in its error number and its log.
package enum EALFailure {
    /// The error of a start that failed with this number and these lines.
    package static func error(_ number: RTEErrno, log: [String], _ arguments: EALArguments) -> DPDKError {
        func logged(_ text: String) -> Bool { log.contains { $0.contains(text) } }
        func error(_ code: DPDKError.Code, _ message: String, remedy: String) -> DPDKError {
            DPDKError(
                code, "group '\(arguments.filePrefix)'", message, remedy: remedy, underlying: number, log: log)
        }
        if logged("base-virtaddr") || logged("Cannot mmap memory for rte_config") || logged("address space") {
            return error(
                .addressSpaceConflict, "the shared memory could not be mapped at the primary's addresses",
                remedy: "Start this process again, or the primary with another --base-virtaddr; see also setarch -R")
        }
        if logged("Is another primary process running?") {
            return error(
                .primaryAlreadyRunning, "another primary started at the same moment",
                remedy: "Attach as a secondary, end that process first, or choose another --file-prefix")
        }
        if logged("Cannot initialize tailq") {
            return error(
                .versionMismatch, "this process has DPDK libraries that the primary does not have",
                remedy: "Link the primary with all DPDK libraries of its secondaries")
        }
        if let words = refusedOption(log, arguments) {
            return error(
                .malformedOption, "EAL refuses an option: \(words)",
                remedy: "Correct the option; EALArguments.usage has the form of each value")
        }
        // EAL sets EACCES also if it finds no hugepages.
        let lacksPages =
            logged("No free") && logged("hugepages") || logged("Cannot get hugepage information")
            || logged("Not enough memory") || number.rawValue == ENOMEM
        if number.isPermission, !lacksPages || logged("Permission denied") || logged("Operation not permitted") {
            return error(
                .permissionDenied, "EAL may not use a file or a system call that it needs",
                remedy: "Run as root, or give this user access to the hugepages and the runtime directory")
        }
        if lacksPages {
            return error(
                .notEnoughHugepages, "EAL could not get the hugepages that it needs",
                remedy: "Reserve more of them: sysctl -w vm.nr_hugepages=512")
        }
        return error(
            .initializationFailed, "EAL did not start",
            remedy: "Look for the cause in EAL's log below; --log-level=lib.eal:debug shows more")
    }

    /// EAL's words about the option that it refused, nil if it did not fail at an option.
    ///
    /// They stand before the line that names the step at which EAL failed. EAL also logs there what it detected.
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
