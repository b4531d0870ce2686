import DPDKMultiProcess
import Glibc
import TestSupport
import Testing

/// A `DPDKError` that another process has thrown.
struct Refusal: Sendable {
    /// The name of its code, to compare with a code of the library.
    let code: String
    /// Its holders.
    let pids: [pid_t]
    /// Its description.
    let text: String
    /// How long the call took in that process, without the time that it waited for a free CPU.
    let duration: Duration
    /// Whether the call took at most a second.
    var wasQuick: Bool { duration <= Self.quick }
    static let quick = Duration.seconds(1)

    /// Reads the line that TestPeer writes. Nil if the line is something else.
    init?(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 4).map(String.init)
        guard words.count == 5, words[0] == "error", words[2].hasPrefix("pids="), words[3].hasPrefix("ms="),
            let milliseconds = Int(words[3].dropFirst(3))
        else { return nil }
        code = words[1]
        pids = words[2].dropFirst(5).split(separator: ",").compactMap { pid_t($0) }
        duration = .milliseconds(milliseconds)
        text = words[4]
    }

    static func == (refusal: Refusal, code: DPDKError.Code) -> Bool { refusal.code == code.description }
}

extension EALGroup {
    /// Expects that a process of a role does not start and lives on; see `Member.expectRefusal`.
    /// - Parameters:
    ///   - wrapper: A command that runs the process.
    ///   - preparations: Commands for the process before it is started.
    @discardableResult
    func expectRefusal(
        _ code: DPDKError.Code, of role: String, _ options: String..., remedy: String, under wrapper: [String] = [],
        after preparations: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Refusal {
        let member = try idle(under: wrapper)
        for line in preparations { try await member.ask(line) }
        return try await member.expectRefusal(
            code, to: start(role, options), remedy: remedy, sourceLocation: sourceLocation)
    }
}

extension EALGroup.Member {
    /// Expects that a command fails within a second with this code and a remedy that contains this text, and that the
    /// process still answers afterwards.
    @discardableResult
    func expectRefusal(
        _ code: DPDKError.Code, to line: String, remedy: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Refusal {
        let refusal = try await refusal(line)
        #expect(refusal == code, "\(refusal.text)", sourceLocation: sourceLocation)
        #expect(refusal.text.contains(remedy), "\(refusal.text)", sourceLocation: sourceLocation)
        #expect(refusal.wasQuick, "\(refusal.duration)", sourceLocation: sourceLocation)
        try await ask("took")
        #expect(peer.isRunning, sourceLocation: sourceLocation)
        return refusal
    }
}
