import ClientServer
import Foundation

/// The table for people, 80 columns wide: redrawn in place on a terminal, one block below the other elsewhere.
enum Screen {
    static func text(for snapshot: Snapshot, since last: Snapshot?) -> String {
        let lines = ports(of: snapshot, since: last) + [""] + clients(of: snapshot) + [""]
        return (canClear ? "\u{1b}[H\u{1b}[2J" : "") + lines.joined(separator: "\n")
    }

    /// The ports' lines, with what passed in a second since an earlier snapshot, or since the start.
    static func ports(of snapshot: Snapshot, since last: Snapshot?) -> [String] {
        let seconds = snapshot.time - (last?.time ?? 0)
        return [row("PORT", ["rx", "tx", "missed", "rx/s", "tx/s"])]
            + snapshot.ports.enumerated().flatMap { index, port in
                let before = last?.ports[index]
                let received = rate(of: port.rx &- (before?.rx ?? 0), in: seconds)
                let sent = rate(of: port.tx &- (before?.tx ?? 0), in: seconds)
                return [
                    row("\(port.id)", ["\(port.rx)", "\(port.tx)", "\(port.missed)", received, sent]),
                    "  \(port.name), \(port.address)",
                ]
            }
    }

    /// The clients' lines.
    static func clients(of snapshot: Snapshot) -> [String] {
        [row("CLIENT", ["rx", "rx_drop", "tx", "tx_drop"])]
            + snapshot.clients.flatMap { client in
                [
                    row("\(client.id)", [client.rx, client.rxDrop, client.tx, client.txDrop].map { "\($0)" }),
                    "  \(client.process ?? (client.isServed ? "a program in C" : "no client")),"
                        + " ring: \(client.inRing) of \(client.ringCapacity), at most \(client.highWater)",
                ]
            }
    }

    /// A line of right-aligned cells, the first with a name at its left.
    private static func row(_ name: String, _ cells: [String]) -> String {
        let widths = [20 - name.count] + Array(repeating: 15, count: cells.count - 1)
        return name + zip(cells, widths).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }.joined()
    }

    /// So many a second, rounded; a counter that runs backwards gives a number that is none.
    private static func rate(of count: UInt64, in seconds: Double) -> String {
        UInt64(exactly: (Double(count) / seconds).rounded()).map { "\($0)" } ?? "-"
    }

    /// Whether standard output is a terminal that understands escape sequences.
    private static var canClear: Bool {
        let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
        return isatty(STDOUT_FILENO) == 1 && !["", "dumb"].contains(kind)
    }
}
