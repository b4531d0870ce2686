import ClientServer
import Foundation

/// Prints statistics in the format that was asked for, and waits for as long as nobody takes them.
struct Printer {
    private let format: StatisticsFormat
    private var screen = Screen()

    init(_ format: StatisticsFormat) { self.format = format }

    /// Prints what passed so far.
    mutating func show(_ snapshot: Snapshot) {
        switch format {
        case .screen: screen.show(snapshot)
        case .json: showJSON(snapshot)
        case .none: break
        }
    }

    /// Prints the balance at the end.
    func show(_ balance: Balance) {
        if format == .json { showJSON(["balance": balance]) } else { Program.show("\(balance)") }
    }

    private func showJSON(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let line = try? encoder.encode(value) else { return }
        Program.show(String(decoding: line, as: UTF8.self))
    }
}
