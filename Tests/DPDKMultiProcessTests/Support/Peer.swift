import Foundation
import Glibc
import Synchronization
import TestSupport

/// Another process of a test: the TestPeer executable in one of its parts.
///
/// Test and peer exchange lines, and each wait has a deadline. When the value is released, the peer is killed with its
/// process group. The peer's standard error is kept, and shown if a wait fails.
///
///     let primary = try Peer("hold-configuration", ["--path", path])
///     try await primary.expect("locked")
///     try primary.send("head 19820526 0")
///     primary.kill()
///     #expect(try await primary.end() == .signal(SIGKILL))
final class Peer: Sendable {
    private let child: Child

    private struct Unread {
        var bytes: [UInt8] = []
        var sawEnd = false
    }

    /// One end of a socket. The other end is the peer's standard input and output.
    private let channel: CInt
    /// A file without a name that is the peer's standard error.
    private let log: CInt
    private let unread = Mutex(Unread())

    /// The limit for a wait that is over at once on an idle machine.
    static let patience = Duration.seconds(30)

    /// Starts a peer.
    /// - Parameters:
    ///   - subcommand: The part that the peer plays. `arguments` are the words after it.
    ///   - wrapper: A command that runs the peer, which follows as its last arguments; see `privateMounts(_:)`.
    ///   - environment: Variables to set in addition to those of this process.
    init(
        _ subcommand: String, _ arguments: [String] = [], under wrapper: [String] = [],
        environment: [String: String] = [:]
    ) throws {
        let words = wrapper + [Self.executable, subcommand] + arguments
        let (own, theirs) = try Self.makeChannel()
        defer { close(theirs) }
        log = try Child.unnamedFile()
        channel = own
        do {
            child = try Child(words, environment: environment, standard: [theirs, theirs, log])
        } catch {
            close(own)
            close(log)
            throw error
        }
    }

    deinit {
        child.signal(SIGKILL)
        close(channel)
        close(log)
    }

    /// The process id, which is also the id of the process group.
    var pid: pid_t { child.pid }

    /// The built executable.
    static var executable: String { Child.program("TestPeer") }

    /// A wrapper that runs the peer in its own mount namespace, after these shell commands. Needs root.
    static func privateMounts(_ commands: [String]) -> [String] {
        ["unshare", "--mount", "--propagation", "private", "sh", "-c"]
            + [(["set -e"] + commands + [#"exec "$@""#]).joined(separator: "; "), "sh"]
    }

    /// The two ends of a socket, which other children do not inherit.
    private static func makeChannel() throws -> (own: CInt, theirs: CInt) {
        var ends: [CInt] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
        guard unsafe socketpair(AF_UNIX, CInt(kind), 0, &ends) == 0 else {
            throw ChildFailure("no socket: \(errno)")
        }
        return (ends[0], ends[1])
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

    /// Closes the peer's standard input. Well-behaved parts then end.
    func closeInput() { _ = shutdown(channel, CInt(SHUT_WR)) }

    /// The next line of the peer's standard output, or nil at its end.
    func line(within limit: Duration = Peer.patience) async throws -> String? {
        let deadline = ContinuousClock.now + limit
        while true {
            if let line = unread.withLock({ nextLine(&$0) }) { return line }
            guard ContinuousClock.now < deadline else { throw failure("did not give a line within \(limit)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for exactly this line. Throws an error with the line that came instead.
    func expect(_ expected: String, within limit: Duration = Peer.patience) async throws {
        let line = try await line(within: limit)
        guard line == expected else { throw failure("wrote \(line ?? "nothing more") in place of \(expected)") }
    }

    /// All remaining lines, and how the peer ended.
    func finish(within limit: Duration = Peer.patience) async throws -> (lines: [String], ending: Child.Ending) {
        var lines: [String] = []
        while let line = try await line(within: limit) { lines.append(line) }
        return (lines, try await end(within: limit))
    }

    /// The peer's output to its standard error so far.
    var errorOutput: String { Child.text(of: log) }

    /// The next line, `.some(nil)` at the end, or nil if there is none yet.
    private func nextLine(_ unread: inout Unread) -> String?? {
        var chunk = [UInt8](repeating: 0, count: 4096)
        while !unread.sawEnd {
            let count = unsafe recv(channel, &chunk, chunk.count, CInt(MSG_DONTWAIT))
            if count < 0, errno == EAGAIN { break }
            // If a peer is killed before it has read all its input, the connection is reset.
            unread.bytes += chunk.prefix(max(0, count))
            unread.sawEnd = count <= 0
        }
        guard let end = unread.bytes.firstIndex(of: UInt8(ascii: "\n")) else { return unread.sawEnd ? .some(nil) : nil }
        let line = String(decoding: unread.bytes[..<end], as: UTF8.self)
        unread.bytes.removeSubrange(...end)
        return line
    }
}

// MARK: - Ending

extension Peer {
    /// Kills the peer and its children at once, as a crash would.
    func kill() { signal(SIGKILL) }

    /// Sends a signal to the peer and its children: `SIGSTOP`, `SIGCONT`, `SIGTERM`.
    func signal(_ number: CInt) { child.signal(number) }

    /// Waits for the peer's end.
    func end(within limit: Duration = Peer.patience) async throws -> Child.Ending {
        guard let ending = try await child.end(within: limit) else {
            throw failure("did not end within \(limit)")
        }
        return ending
    }

    /// Whether the peer still runs. A stopped peer still runs.
    var isRunning: Bool { child.ending == nil }

    private func failure(_ message: String) -> ChildFailure {
        ChildFailure("peer \(pid) \(message)\n\(errorOutput)")
    }
}
