import CStorm

/// What the storm has counted.
struct Tally: Sendable {
    /// What became of the packets of those that died in one phase.
    struct Row: Sendable {
        var kills = 0
        var inHand = 0
        var lost = 0
        var doubled = 0
    }

    /// How much was done.
    struct Load: Sendable {
        var steps: UInt64 = 0
        var sent: UInt64 = 0
        var returned = 0
        var received: Int
    }

    /// The longest times that a client and the primary did not work, in nanoseconds.
    struct Pauses: Sendable {
        var clients: UInt64 = 0
        var primary: UInt64 = 0
    }

    var rows: [Phase: Row] = [:]
    /// Clients that left in order, and clients that ended by themselves in another way.
    var left = 0
    var crashed = 0
    /// Waits that were given up after two seconds.
    var hung = 0
    /// Packets that are nowhere now, but known to belong to somebody.
    var held = 0
    /// Packets that are nowhere now.
    var lost = 0
    /// Packets that were found in two places, or came twice.
    var doubled = 0
    var reordered = 0
    /// Packets whose bytes were overwritten.
    var broken = 0
    /// Free packets whose head was not that of a free packet.
    var damaged = 0
    var load = Load(received: 0)
    /// The longest time from the end of a process to the event that tells it, in nanoseconds.
    var longestNotice: UInt64 = 0
    var storm = Pauses()
    var calm: Pauses?
    var duration = Duration.zero
    /// Why it ended before its time.
    var problem: String?
    var resources: [cstorm_resources] = []

    var kills: Int { rows.values.reduce(0) { $0 + $1.kills } }

    var isClean: Bool {
        problem == nil && crashed + hung + held + lost + doubled + reordered + broken + damaged == 0
    }

    /// What is shown while it goes on.
    var line: String {
        "\(lost) lost, \(doubled) doubled, \(reordered) reordered, \(held) held, \(hung) hung"
            + (broken + damaged > 0 ? ", \(broken + damaged) broken" : "")
            + (crashed > 0 ? ", \(crashed) crashed" : "")
    }

    /// What is shown at the end.
    var summary: String {
        var lines: [String] = []
        func add(_ name: String, _ text: String) { lines.append("  " + Self.column(name, 12) + " " + text) }
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        add(
            "kills",
            "\(kills) in \(Self.tenths(seconds)) s (\(Int(Double(kills) * 60 / max(seconds, 0.001))) a minute),"
                + " \(left) left in order, \(crashed) crashed")
        add("", Self.column("the dead one was in", 20) + " kills  in hand  given back  lost  doubled")
        for (phase, row) in rows.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let numbers = [
                (row.kills, 6), (row.inHand, 9), (max(0, row.inHand - row.lost), 12), (row.lost, 6), (row.doubled, 9),
            ]
            add("", Self.column("\(phase)", 20) + numbers.map { Self.number($0.0, $0.1) }.joined())
        }
        let inHand = rows.values.reduce(0) { $0 + $1.inHand }
        add("packets", "\(max(0, inHand - lost - held)) given back, \(line)")
        add(
            "load",
            "\(load.steps) steps of clients, \(load.sent) packets to them, \(load.returned) back,"
                + " \(load.received) through the kernel")
        add("events", "at most \(Self.tenths(Double(longestNotice) / 1e6)) ms after the end of a process")
        add("pause", "\(storm.text) with kills" + (calm.map { "; \($0.text) without" } ?? ""))
        if let first = resources.first, let last = resources.last {
            add(
                "primary",
                "heap \(first.heap_bytes) → \(last.heap_bytes) bytes, resident \(first.resident_kilobytes) →"
                    + " \(last.resident_kilobytes) KB, descriptors \(first.descriptors) → \(last.descriptors), threads"
                    + " \(first.threads) → \(last.threads)")
        }
        if let problem { add("ended early", problem) }
        return lines.joined(separator: "\n")
    }

    fileprivate static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

    private static func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func number(_ value: Int, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - "\(value)".count)) + "\(value)"
    }
}

extension Tally.Pauses {
    fileprivate var text: String {
        "clients \(Tally.tenths(Double(clients) / 1e6)) ms, primary \(Tally.tenths(Double(primary) / 1e6)) ms"
    }
}
