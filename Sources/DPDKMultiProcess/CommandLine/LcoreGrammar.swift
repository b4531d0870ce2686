/// The three forms in which EAL's options name lcores: a mask, a list, and a map from lcores to CPUs.
///
/// Each function returns nil if the text does not have its form. None checks whether the lcores exist.
/// The corresponding C functions are `rte_eal_parse_coremask`, `eal_parse_corelist` and `eal_parse_lcores`.
package enum LcoreGrammar {
    /// Reads a hexadecimal mask, with or without `0x`: `0x5` is 0 and 2.
    package static func mask(_ text: String) -> [Int]? {
        guard let digits = EALOption.hexadecimalDigits(text), digits.count <= (highest + 1) / 4 else { return nil }
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
        var cpusByID: [Int: [Int]] = [:]
        var rest = text[...]
        repeat {
            guard let (ids, isGroup) = popSet(&rest) else { return nil }
            var cpus = isGroup ? ids : nil
            if rest.first == "@" {
                rest.removeFirst()
                guard isGroup || ids.count == 1, let (members, _) = popSet(&rest) else { return nil }
                cpus = members
            }
            for id in ids {
                let own = cpus ?? [id]
                guard cpusByID.updateValue(own, forKey: id) ?? own == own else { return nil }
            }
            guard rest.isEmpty || rest.first == "," else { return nil }
        } while rest.popFirst() != nil
        return cpusByID.map { LcoreAssignment(id: $0.key, cpus: $0.value) }.sorted { $0.id < $1.id }
    }

    /// Takes a number, a range, or a group of them in brackets, from the front of a text.
    private static func popSet(_ text: inout Substring) -> (members: [Int], isGroup: Bool)? {
        let start = text.drop(while: \.isWhitespace)
        guard start.first == "(" else {
            let members = text.prefix { !"(),@".contains($0) }
            text = text[members.endIndex...]
            return numbers(members, mayFall: true).map { ($0, false) }
        }
        let members = start.dropFirst().prefix { $0 != ")" }
        guard members.endIndex < text.endIndex else { return nil }
        text = text[members.endIndex...].dropFirst().drop(while: \.isWhitespace)
        return numbers(members, mayFall: true).map { ($0, true) }
    }

    /// Reads numbers and ranges with commas between them, and returns the numbers in ascending order.
    private static func numbers(_ text: Substring, mayFall: Bool) -> [Int]? {
        var members: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map(number)
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, mayFall || first <= last else {
                return nil
            }
            let end = max(first, last)
            // The end of such a range is enough to see that the lcore does not exist.
            members.formUnion(end > highest ? end...end : min(first, last)...end)
        }
        return members.sorted()
    }

    /// Reads a decimal number with spaces around it.
    private static func number(_ text: Substring) -> Int? {
        var digits = text.drop(while: \.isWhitespace)
        while digits.last?.isWhitespace == true { digits.removeLast() }
        return digits.allSatisfy { $0.isASCII && $0.isNumber } ? Int(digits) : nil
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
