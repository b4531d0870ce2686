import ClientServer
import Glibc

/// The table for people: redrawn in place on a terminal, one block below the other elsewhere.
struct Screen {
    private let clear = isatty(STDOUT_FILENO) == 1 ? "\u{1b}[H\u{1b}[2J" : ""
    private var last: Snapshot?

    mutating func show(_ snapshot: Snapshot) {
        let lines =
            [row("PORT", ["rx", "tx", "missed", "rx/s", "tx/s"])]
            + snapshot.ports.indices.map { line(of: snapshot.ports[$0], before: last?.ports[$0]) }
            + ["", row("CLIENT", ["rx", "rx_drop", "tx", "tx_drop", "ring (most)"])]
            + snapshot.clients.map(line)
        Program.show(clear + lines.joined(separator: "\n") + "\n")
        last = snapshot
    }

    private func line(of port: Snapshot.Port, before: Snapshot.Port?) -> String {
        let received = port.rx - (before?.rx ?? port.rx)
        let sent = port.tx - (before?.tx ?? port.tx)
        return row("\(port.id) \(port.name) \(port.address)", [port.rx, port.tx, port.missed, received, sent])
    }

    private func line(of client: Snapshot.Client) -> String {
        row("\(client.id) \(client.process ?? "-")", [client.rx, client.rxDrop, client.tx, client.txDrop])
            + right("\(client.inRing) (\(client.highWater))/\(client.ringCapacity)", 15)
    }

    private func row(_ name: String, _ cells: [some CustomStringConvertible]) -> String {
        name + String(repeating: " ", count: max(0, 40 - name.count)) + cells.map { right("\($0)", 15) }.joined()
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
