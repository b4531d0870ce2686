import Glibc

// The parts that this executable can play. Each group of subcommands has its own file, whose table is added here.
let tables = [preflightSubcommands, configurationSubcommands, interpreterSubcommands, runSubcommands]
let subcommands: [String: Subcommand] = tables.reduce(into: [:]) { all, some in all.merge(some) { _, new in new } }

let words = CommandLine.arguments.dropFirst()
guard let name = words.first, let subcommand = subcommands[name] else {
    Output.line("usage: TestPeer \(subcommands.keys.sorted().joined(separator: "|")) …")
    exit(64)
}
endWithTheTest()
exit(subcommand(Options(words.dropFirst())))
