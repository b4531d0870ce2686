import DPDKMultiProcess
import Glibc

let preflightSubcommands: [String: Subcommand] = [
    "preflight": preflight, "runtime-directory": runtimeDirectory,
]

/// Prints the runtime directory of `--file-prefix NAME` for `--user UID`, by default root.
@Sendable private func runtimeDirectory(_ options: Options) -> CInt {
    if let user = options["user"].flatMap({ uid_t($0) }), setuid(user) != 0 { return 70 }
    Output.line(Preflight.runtimeDirectory(filePrefix: options["file-prefix"] ?? "rte"))
    return 0
}

/// Runs the checks that precede the start of EAL.
///
/// `--role primary|secondary|automatic`, `--file-prefix NAME`, `--huge-dir PATH`, `--memory MEGABYTES`, `--user UID` to
/// run them as another user, `--patience MILLISECONDS` to wait for a primary that is starting, and `--announce yes` to
/// print `checking` first. Prints `ok` and the role, and returns 0; or prints the error, and returns 1.
@Sendable private func preflight(_ options: Options) -> CInt {
    var arguments = EALArguments(filePrefix: options["file-prefix"] ?? "rte")
    arguments.hugepageDirectory = options["huge-dir"]
    arguments.memoryMegabytes = options["memory"].flatMap { Int($0) }
    let patience = options["patience"].flatMap { Int($0) } ?? 800
    let role: EALArguments.Role =
        switch options["role"] {
        case "secondary": .secondary
        case "automatic": .automatic
        default: .primary
        }
    if let user = options["user"].flatMap({ uid_t($0) }) {
        guard setgid(user) == 0, setuid(user) == 0 else { return 70 }
    }
    if options["announce"] != nil { Output.line("checking") }
    let stopwatch = Stopwatch()
    do throws(DPDKError) {
        let decided = try Preflight(arguments, patience: .milliseconds(patience)).check(role)
        Output.line("ok \(decided)")
        return 0
    } catch {
        Output.error(error, after: stopwatch.elapsed)
        return 1
    }
}
