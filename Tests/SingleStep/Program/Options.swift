import SingleStepJudge

/// The error of a command line that is wrong.
struct Misuse: Error, CustomStringConvertible {
    let description: String
}

struct Options {
    static let usage = """
        Usage: SingleStep [--long] [--filter TEXT] [--without RULE]

        Steps a child process through each operation on packets, and judges at every instruction whether a sweep would
        find each packet at one place. Prints a line for each operation. Rules of the sweep are left out as well, each
        until an instant is judged wrong without it.

          --long          larger bursts, and more mixes
          --filter TEXT   only operations whose names contain the text
          --without RULE  leave out one rule: \(rules.keys.sorted().joined(separator: ", "))

        Exits with 0 if no instant was judged wrong and all rules are needed, with 1 otherwise.
        """

    static let rules: [String: judge_rule] = {
        var all: [String: judge_rule] = [:]
        for number in JUDGE_ONCE.rawValue..<JUDGE_RULES.rawValue { all[name(judge_rule(number))] = judge_rule(number) }
        return all
    }()

    static func name(_ rule: judge_rule) -> String {
        unsafe withUnsafePointer(to: judge_rule_names) {
            unsafe $0.withMemoryRebound(to: UnsafePointer<CChar>.self, capacity: Int(JUDGE_RULES.rawValue)) {
                unsafe String(cString: $0[Int(rule.rawValue)])
            }
        }
    }

    private(set) var isLong = false
    private(set) var filter = ""
    private(set) var leftOut = JUDGE_EVERY_RULE
    /// In the child: the file prefix of the group.
    private(set) var childOf: String?

    init(_ arguments: some Sequence<String>) throws {
        var words = arguments.makeIterator()
        func value(_ option: String) throws -> String {
            guard let value = words.next() else { throw Misuse(description: "\(option) needs a value\n\(Self.usage)") }
            return value
        }
        while let word = words.next() {
            switch word {
            case "--long": isLong = true
            case "--filter": filter = try value(word)
            case "--child-of": childOf = try value(word)
            case "--without":
                guard let rule = Self.rules[try value(word)] else {
                    throw Misuse(description: "there is no such rule\n\(Self.usage)")
                }
                leftOut = rule
            default: throw Misuse(description: Self.usage)
            }
        }
    }
}
