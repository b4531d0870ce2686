/// The three forms in which EAL's options name lcores: a mask, a list, and a map from lcores to CPUs.
///
/// Each function returns nil if the text does not have its form. None checks whether the lcores exist.
/// The corresponding C functions are `rte_eal_parse_coremask`, `eal_parse_corelist` and `eal_parse_lcores`.
package enum LcoreGrammar {
    /// Reads a hexadecimal mask, with or without `0x`: `0x5` is 0 and 2.
    package static func mask(_ text: String) -> [Int]? {
        guard let digits = text.wholeMatch(of: /(?:0[xX])?([0-9a-fA-F]+)/)?.1, digits.count <= (highest + 1) / 4 else {
            return nil
        }
        let ids = digits.reversed().enumerated().flatMap { place, digit in
            (0..<4).filter { (digit.hexDigitValue ?? 0) & 1 << $0 != 0 }.map { 4 * place + $0 }
        }
        return ids.isEmpty ? nil : ids
    }

    /// Reads a list of numbers and ascending ranges: `0,2-3` is 0, 2 and 3.
    package static func list(_ text: String) -> [Int]? { numbers(text[...], mayFall: false) }

    /// Reads a map such as `1,2@(5-7),(3-5)@(0,2),(0,6),7-8`.
    ///
    /// Without `@`, each id of a number or bare range gets the CPU of the same number, and each id of a group in
    /// brackets gets all CPUs of the group. An id may occur twice if its CPUs are the same.
    package static func map(_ text: String) -> [LcoreAssignment]? {
        let assignment = /(\s*\([^()]*\)\s*|[^(),@]+)(?:@(\s*\([^()]*\)\s*|[^(),@]+))?/
        var cpusByID: [Int: [Int]] = [:]
        var rest = text[...]
        repeat {
            guard let match = rest.prefixMatch(of: assignment), let (ids, isGroup) = set(match.1) else { return nil }
            var cpus = isGroup ? ids : nil
            if let named = match.2 {
                guard isGroup || ids.count == 1, let (members, _) = set(named) else { return nil }
                cpus = members
            }
            for id in ids {
                let own = cpus ?? [id]
                guard cpusByID.updateValue(own, forKey: id) ?? own == own else { return nil }
            }
            rest = rest[match.range.upperBound...]
            guard rest.isEmpty || rest.first == "," else { return nil }
        } while rest.popFirst() != nil
        return cpusByID.map { LcoreAssignment(id: $0.key, cpus: $0.value) }.sorted { $0.id < $1.id }
    }

    /// Reads a number, a range, or a group of them in brackets.
    private static func set(_ text: Substring) -> (members: [Int], isGroup: Bool)? {
        let group = text.wholeMatch(of: /\s*\((.*)\)\s*/)?.1
        return numbers(group ?? text, mayFall: true).map { ($0, group != nil) }
    }

    /// Reads numbers and ranges with commas between them, and returns the numbers in ascending order.
    private static func numbers(_ text: Substring, mayFall: Bool) -> [Int]? {
        var members: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let match = part.wholeMatch(of: /\s*([0-9]+)\s*(?:-\s*([0-9]+)\s*)?/), let first = Int(match.1),
                let last = Int(match.2 ?? match.1), mayFall || first <= last
            else { return nil }
            let end = max(first, last)
            // The end of such a range is enough to see that the lcore does not exist.
            members.formUnion(end > highest ? end...end : min(first, last)...end)
        }
        return members.sorted()
    }

    /// The highest number of a range that is expanded. No machine has so many lcores or CPUs.
    private static let highest = 65_535

    /// Writes numbers as a list with ranges: 0, 1, 2 and 5 are `0-2,5`.
    package static func describe(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers.sorted() {
            if let last = runs.last, number <= last.upperBound + 1 {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
