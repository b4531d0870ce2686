/// The three ways in which EAL's options name lcores: a mask, a list, and a map from lcores to CPUs.
///
/// Each function returns nil for a text that is not of its form. None of them looks at which lcores there are.
/// The corresponding C functions are `rte_eal_parse_coremask`, `eal_parse_corelist` and `eal_parse_lcores`.
package enum LcoreGrammar {
    /// The ids in a hexadecimal mask, with or without `0x`: `0x5` is 0 and 2.
    package static func mask(_ text: String) -> [Int]? {
        guard let digits = text.wholeMatch(of: /(?:0[xX])?([0-9a-fA-F]+)/)?.1, digits.count <= (highest + 1) / 4 else {
            return nil
        }
        let ids = digits.reversed().enumerated().flatMap { place, digit in
            (0..<4).filter { (digit.hexDigitValue ?? 0) & 1 << $0 != 0 }.map { 4 * place + $0 }
        }
        return ids.isEmpty ? nil : ids
    }

    /// The ids in a list of numbers and rising ranges: `0,2-3` is 0, 2 and 3.
    package static func list(_ text: String) -> [Int]? { numbers(text[...], mayFall: false) }

    /// The assignments in a map such as `1,2@(5-7),(3-5)@(0,2),(0,6),7-8`.
    ///
    /// Without `@`, a single id or a bare range stands for the CPUs of the same numbers, one each, while every id of
    /// a group in brackets gets all CPUs of the group. If an id comes twice, its CPUs have to be the same.
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

    /// A number, a range, or a group of them in brackets.
    private static func set(_ text: Substring) -> (members: [Int], isGroup: Bool)? {
        let group = text.wholeMatch(of: /\s*\((.*)\)\s*/)?.1
        return numbers(group ?? text, mayFall: true).map { ($0, group != nil) }
    }

    /// Numbers and ranges with commas between them, in rising order.
    private static func numbers(_ text: Substring, mayFall: Bool) -> [Int]? {
        var members: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let match = part.wholeMatch(of: /\s*([0-9]+)\s*(?:-\s*([0-9]+)\s*)?/), let first = Int(match.1),
                let last = Int(match.2 ?? match.1), mayFall || first <= last
            else { return nil }
            let end = max(first, last)
            // Its end alone shows that there is no such lcore.
            members.formUnion(end > highest ? end...end : min(first, last)...end)
        }
        return members.sorted()
    }

    /// The highest number whose range is written out: no build of DPDK has so many lcores, and no kernel so many CPUs.
    private static let highest = 65_535

    /// Numbers as lists name them, ranges drawn together: 0, 1, 2 and 5 are `0-2,5`.
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
