/// The three ways in which EAL's options name lcores: a mask, a list, and a map from lcores to CPUs.
///
/// Each function returns nil for text that is not of its form. None of them looks at which lcores there are.
/// The corresponding C functions are `rte_eal_parse_coremask`, `eal_parse_corelist` and `eal_parse_lcores`.
package enum LcoreGrammar {
    /// The highest number whose range is written out: no build of DPDK has so many lcores, and no kernel so many CPUs.
    private static let highest = 65_535

    /// The ids in a hexadecimal mask, with or without `0x`: `0x5` is 0 and 2.
    package static func mask(_ text: String) -> [Int]? {
        var digits = text[...]
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { digits = digits.dropFirst(2) }
        guard !digits.isEmpty, digits.utf8.count <= (highest + 1) / 4 else { return nil }
        var ids: [Int] = []
        for (place, digit) in digits.reversed().enumerated() {
            guard digit.isASCII, let value = digit.hexDigitValue else { return nil }
            ids += (0..<4).filter { value & 1 << $0 != 0 }.map { 4 * place + $0 }
        }
        return ids.isEmpty ? nil : ids
    }

    /// The ids in a list of numbers and rising ranges: `0,2-3` is 0, 2 and 3.
    package static func list(_ text: String) -> [Int]? {
        var cursor = Cursor(text)
        var ids: Set<Int> = []
        repeat {
            guard let range = cursor.range(), !range.falling else { return nil }
            ids.formUnion(range.members)
        } while cursor.take(",")
        return cursor.isAtEnd ? ids.sorted() : nil
    }

    /// The assignments in a map such as `1,2@(5-7),(3-5)@(0,2),(0,6),7-8`.
    ///
    /// Without `@`, a single id or a bare range stands for the CPUs of the same numbers, one each, while every id of
    /// a group in brackets gets all CPUs of the group. Where an id comes twice, its CPUs have to be the same.
    package static func map(_ text: String) -> [LcoreAssignment]? {
        var cursor = Cursor(text)
        var assignments: [Int: [Int]] = [:]
        repeat {
            guard let lcores = cursor.set() else { return nil }
            var cpus = lcores.isGroup ? lcores.members : nil
            if cursor.take("@") {
                guard !lcores.isBareRange, let named = cursor.set() else { return nil }
                cpus = named.members
            }
            for id in lcores.members {
                let own = cpus ?? [id]
                guard assignments.updateValue(own, forKey: id).map({ $0 == own }) ?? true else { return nil }
            }
        } while cursor.take(",")
        guard cursor.isAtEnd else { return nil }
        return assignments.map { LcoreAssignment(id: $0.key, cpus: $0.value) }.sorted { $0.id < $1.id }
    }
}

// MARK: - Reading

extension LcoreGrammar {
    private struct Members {
        var members: [Int]
        var isGroup: Bool
        var isBareRange: Bool
    }

    private struct Cursor {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = text[...].utf8 }

        private mutating func skipBlanks() {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        }

        var isAtEnd: Bool {
            mutating get {
                skipBlanks()
                return rest.isEmpty
            }
        }

        mutating func take(_ sign: Unicode.Scalar) -> Bool {
            skipBlanks()
            guard rest.first == UInt8(ascii: sign) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number() -> Int? {
            skipBlanks()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            rest = rest.dropFirst(digits.count)
            return Int(Substring(digits))
        }

        mutating func range() -> (members: ClosedRange<Int>, falling: Bool, isRange: Bool)? {
            guard let first = number() else { return nil }
            guard take("-") else { return (first...first, false, false) }
            guard let last = number() else { return nil }
            let end = max(first, last)
            // Its end alone shows that there is no such lcore.
            return (end > highest ? end...end : min(first, last)...end, last < first, true)
        }

        mutating func set() -> Members? {
            guard take("(") else {
                return range().map { Members(members: Array($0.members), isGroup: false, isBareRange: $0.isRange) }
            }
            var members: Set<Int> = []
            repeat {
                guard let range = range() else { return nil }
                members.formUnion(range.members)
            } while take(",")
            return take(")") ? Members(members: members.sorted(), isGroup: true, isBareRange: false) : nil
        }
    }

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
