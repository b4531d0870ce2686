import Foundation
import Glibc
import Synchronization

/// Another process of a test: the TestPeer executable in one of its parts.
///
/// It is talked to in lines, each wait has a deadline, and it never outlives the value: `deinit` kills it with its
/// process group and reaps it. What it writes to its standard error is kept and shown when a wait fails.
///
///     let primary = try Peer("hold-configuration", ["--path", path])
///     try await primary.expect("locked")
///     try primary.send("head 19820526 0")
///     primary.kill()
///     #expect(try await primary.end() == .signal(SIGKILL))
final class Peer: Sendable {
    /// The process id, which is that of the process group as well.
    let pid: pid_t

    private struct State {
        var unread: [UInt8] = []
        var sawEnd = false
        var ending: Ending?
    }

    /// This end of a socket whose other end is the peer's standard input and output.
    private let channel: CInt
    /// A file without a name, the peer's standard error.
    private let log: CInt
    private let state: Mutex<State>

    /// Starts a peer.
    /// - Parameters:
    ///   - subcommand: The part that it plays, and `arguments` the words after it.
    ///   - wrapper: A command that ends in running the words after its own, see `privateMounts(_:)`.
    ///   - environment: Variables to set beside those of this process.
    init(
        _ subcommand: String, _ arguments: [String] = [], under wrapper: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let words = wrapper + [Self.executable, subcommand] + arguments
        let (own, theirs) = try Self.channel()
        defer { close(theirs) }
        log = try Self.unnamedFile()
        channel = own
        do {
            pid = try Self.spawn(words, environment, [theirs, theirs, log])
        } catch {
            close(own)
            close(log)
            throw error
        }
        state = Mutex(State())
    }

    deinit {
        signal(SIGKILL)
        state.withLock { _ = Self.reap(pid, &$0, 0) }
        close(channel)
        close(log)
    }

    /// The built executable, which lies beside the test bundle.
    static var executable: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("TestPeer").path
    }
}

// MARK: - Talking

extension Peer {
    /// Writes a line to the peer's standard input.
    func send(_ line: String) throws {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        let sent = unsafe Glibc.send(channel, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        guard sent == bytes.count else { throw failure("does not read: \(line)") }
    }

    /// Closes the peer's standard input, at which well-behaved parts end.
    func closeInput() { _ = shutdown(channel, CInt(SHUT_WR)) }

    /// The next line of the peer's standard output, nil at its end.
    func line(within limit: Duration = .seconds(10)) async throws -> String? {
        try await poll(limit, "a line") { state in
            self.fill(&state)
            if let end = state.unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: state.unread[..<end], as: UTF8.self)
                state.unread.removeSubrange(...end)
                return .some(line)
            }
            return state.sawEnd ? .some(nil) : nil
        }
    }

    /// Waits for a line that is exactly this, and throws what came instead.
    func expect(_ expected: String, within limit: Duration = .seconds(10)) async throws {
        let line = try await line(within: limit)
        guard line == expected else { throw failure("wrote \(line ?? "nothing more") in place of \(expected)") }
    }

    /// All lines that are still to come, and how the peer ended.
    func finish(within limit: Duration = .seconds(10)) async throws -> (lines: [String], ending: Ending) {
        var lines: [String] = []
        while let line = try await line(within: limit) { lines.append(line) }
        return (lines, try await end(within: limit))
    }

    /// What the peer has written to its standard error so far.
    var errorOutput: String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe pread(log, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private func fill(_ state: inout State) {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !state.sawEnd {
            let count = unsafe recv(channel, &chunk, chunk.count, CInt(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { return }
            // A peer that is killed with unread input resets the connection.
            state.unread += chunk.prefix(max(0, count))
            state.sawEnd = count <= 0
        }
    }
}

// MARK: - Ending

extension Peer {
    /// How a process ended.
    enum Ending: Hashable, Sendable {
        case status(CInt)
        case signal(CInt)
    }

    /// Kills the peer and its children at once, as a crash would; `end()` reaps it.
    func kill() { signal(SIGKILL) }

    /// Sends a signal to the peer and its children: `SIGSTOP`, `SIGCONT`, `SIGTERM`.
    func signal(_ number: CInt) {
        state.withLock { state in
            // A reaped process's number may be another's by now.
            if state.ending == nil { _ = Glibc.kill(-pid, number) }
        }
    }

    /// Waits for the peer's end.
    func end(within limit: Duration = .seconds(10)) async throws -> Ending {
        try await poll(limit, "its end") { Self.reap(self.pid, &$0, WNOHANG) }
    }

    /// Whether the peer has not ended; a stopped one has not.
    var isRunning: Bool { state.withLock { Self.reap(pid, &$0, WNOHANG) == nil } }

    private static func reap(_ pid: pid_t, _ state: inout State, _ options: CInt) -> Ending? {
        if let ending = state.ending { return ending }
        var status: CInt = 0
        guard unsafe waitpid(pid, &status, options) == pid else { return nil }
        state.ending = status & 0x7f == 0 ? .status(status >> 8 & 0xff) : .signal(status & 0x7f)
        return state.ending
    }

    private func poll<Result>(
        _ limit: Duration, _ what: String, _ attempt: (inout State) throws -> Result?
    ) async throws -> Result {
        let deadline = ContinuousClock.now + limit
        while true {
            if let result = try state.withLock({ try attempt(&$0) }) { return result }
            guard ContinuousClock.now < deadline else { throw failure("did not give \(what) within \(limit)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func failure(_ message: String) -> PeerFailure {
        PeerFailure(description: "peer \(pid) \(message)\n\(errorOutput)")
    }
}

/// A peer that did not do what was awaited.
struct PeerFailure: Error, CustomStringConvertible {
    let description: String
}
