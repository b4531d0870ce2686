extension EALOption {
    /// The option of a name, which has to be spelt out.
    /// - Parameter word: The whole word that a short option was found in, for the message.
    /// Throws `.unknownOption` with the nearest name, the full one, or the version that the option came with.
    static func named(_ name: String, in version: DPDKVersion, word: String? = nil) throws(DPDKError) -> EALOption {
        let found = all.lazy.compactMap { option in
            option.names.first { $0.text == name }.map { (option, $0.since) }
        }.first
        if let (option, since) = found {
            guard since > version.series else { return option }
            let older = option.names.first { $0.since <= version.series }
            throw unknown(
                name, "DPDK \(version) does not have it; it came with \(since.shortDescription)",
                remedy: older.map { "Write \($0.text)" } ?? "Leave it out")
        }
        let known = all.flatMap(\.names).filter { $0.since <= version.series }.map(\.text)
        if name.hasPrefix("--") {
            let longer = known.filter { $0.hasPrefix(name) }
            if name.utf8.count > 2, !longer.isEmpty {
                throw unknown(
                    name, "options cannot be abbreviated", remedy: "Write \(longer.joined(separator: " or "))")
            }
        } else if let word, let full = known.first(where: { $0 == "-" + word.prefix { $0 != "=" } }) {
            throw unknown(word, "a long option begins with two dashes", remedy: "Write \(full)")
        }
        throw unknown(
            name, "EAL has no such option",
            remedy: nearest(to: name, among: known).map { "Did you mean \($0)? Write your own options after --" }
                ?? "See --help for EAL's options, and write your own after --")
    }

    private static func unknown(_ name: String, _ message: String, remedy: String) -> DPDKError {
        DPDKError(.unknownOption, "option '\(name)'", message, remedy: remedy)
    }

    /// The long name with the fewest differences, if there are so few that a slip explains them.
    private static func nearest(to name: String, among known: [String]) -> String? {
        guard name.hasPrefix("--") else { return nil }
        let ranked = known.filter { $0.hasPrefix("--") }.map { ($0, distance(name, $0)) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, name.utf8.count / 4) else { return nil }
        return best.0
    }

    /// How many letters have to be put in, left out, replaced or swapped with their neighbour.
    private static func distance(_ one: String, _ other: String) -> Int {
        let one = Array(one.utf8)
        let other = Array(other.utf8)
        var rows = [Array(0...other.count)]
        for i in 1...max(1, one.count) where i <= one.count {
            var row = [i]
            for j in 1...max(1, other.count) where j <= other.count {
                let replaced = rows[i - 1][j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1)
                var best = min(row[j - 1] + 1, rows[i - 1][j] + 1, replaced)
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    best = min(best, rows[i - 2][j - 2] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }

    /// Refuses an option that cannot be honoured in a group of this library's.
    func checkIsHonoured(_ name: String, _ value: String?) throws(DPDKError) {
        switch key {
        case .hugeWorkerStack:
            throw malformed(
                name, "EAL ends the process where it cannot have such a stack",
                remedy: "Leave it out, and raise the size of all threads' stacks where it is too small (ulimit -s)")
        case .hugeUnlink where value == "never":
            throw malformed(
                name, "the memory of an earlier run would come back with all that is in it, the registry included",
                remedy: "Leave it out; removing the files costs the kernel's zeroing of the pages at the next start")
        case .syslog:
            throw malformed(
                name, "the library keeps EAL's log itself, so nothing of it would reach the syslog",
                remedy: "Leave it out; --log-level has the lines written to standard error as well")
        case .remapLcores:
            throw malformed(
                name, "lcore ids are the group's, and every process has to have its own",
                remedy: "Name them with --lcores ID@CPU")
        default: return
        }
    }

    /// Refuses an option that leaves a primary without secondaries.
    func checkAllowsSecondaries(_ value: String?) throws(DPDKError) {
        let reason: String? =
            switch key {
            case .inMemory: "it keeps all memory private to one process"
            case .noHuge: "memory that is not in hugepages is private to one process"
            case .noSharedConfiguration: "it keeps the group's configuration private to one process"
            case .hugeUnlink where value == nil || value == "always": "it removes the files that secondaries map"
            default: nil
            }
        guard let reason else { return }
        let shown = names[0].text + (value.map { "=\($0)" } ?? "")
        throw DPDKError(
            .excludesSecondaries, "option '\(shown)'", "no secondary can attach with it: \(reason)",
            remedy: key == .hugeUnlink ? "Leave it out, or write --huge-unlink=existing" : "Leave it out")
    }
}

extension DPDKVersion {
    /// The year and the month, as DPDK numbers its releases: `25.11`.
    var shortDescription: String { String(description.prefix(5)) }
}
