import ClientServer
import DPDKMultiProcess
import Foundation

/// Shows the statistics in the format that the command line asks for.
struct Reporter {
    let format: StatisticsFormat
    let shared: SharedObjects

    /// Shows the numbers each second until the process is asked to stop.
    ///
    /// It needs a thread of its own, so that packets wait neither for the gathering of numbers nor for an output that
    /// takes nothing, like a terminal after Ctrl-S.
    func run() {
        var last: Snapshot?
        while format != .none, waitASecond() {
            guard let snapshot = try? Snapshot(of: shared) else { continue }
            let text = format == .json ? Self.json(snapshot) : Screen.text(for: snapshot, since: last)
            // It fails only when the process is asked to stop, and ``show(_:)`` says so then.
            _ = Program.show(text)
            last = snapshot
        }
    }

    /// Waits a second, or until the process is asked to stop.
    ///
    /// - Returns: Whether to go on.
    private func waitASecond() -> Bool {
        for _ in 0..<20 where !StopSignal.isRaised { usleep(50_000) }
        return !StopSignal.isRaised
    }

    /// Shows the balance at the end, and says so if it does not add up.
    func show(_ balance: Balance) {
        let text = format == .json ? Self.json(["balance": balance]) : "\(balance)"
        if !Program.show(text) { Program.note("standard output takes nothing: no balance") }
        if !balance.addsUp { Program.note(balance.difference) }
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
