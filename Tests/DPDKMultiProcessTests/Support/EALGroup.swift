import DPDKMultiProcess
import Foundation
import Synchronization
import TestSupport

/// A group of real DPDK processes with its own file prefix. The processes and their files are removed after the test.
///
///     let group = try EALGroup()
///     let primary = try await group.primary()
///     try await primary.ask("create-ring ticks 63")
///     let secondary = try await group.secondary()
///     try await secondary.ask("look-up-ring ticks")
///     #expect(try await secondary.refusal("look-up-ring trades").code == .notFound)
final class EALGroup: Sendable {
    /// A new prefix for each group of each run.
    let filePrefix = TestRun.filePrefix()
    /// All processes of the group. They run until the end of the test.
    private let peers = Mutex<[Peer]>([])

    /// Makes a group without processes. The test must have a place (`.fewAtOnce`).
    init() throws {
        guard let place = FewAtOnce.place else { throw ChildFailure("the suite needs the trait .fewAtOnce") }
        place.atEnd { await self.end() }
    }

    private func end() async {
        let peers = peers.withLock { $0 }
        for peer in peers { peer.kill() }
        for peer in peers { _ = try? await peer.end() }
        TestRun.removeFiles(of: filePrefix)
    }

    /// The runtime directory.
    var directory: String { Preflight.runtimeDirectory(filePrefix: filePrefix) }

    /// The files of this group on the machine: its runtime directory and its hugepage files.
    var files: [String] { TestRun.files(of: filePrefix) }

    /// The command that starts a process of the group: `primary`, `secondary` or `either`, or another command for it.
    func start(_ role: String, _ options: String...) -> String { start(role, options) }

    func start(_ role: String, _ options: [String]) -> String {
        let command = ["primary", "secondary", "either"].contains(role) ? "start \(role)" : role
        return ([command, "--file-prefix=\(filePrefix)", "--no-pci"] + options).joined(separator: " ")
    }
}

// MARK: - Its processes

extension EALGroup {
    /// A process that has not started DPDK yet, run through a wrapper command if one is given.
    func idle(under wrapper: [String] = []) throws -> Member {
        let peer = try Peer("interpret", under: wrapper)
        peers.withLock { $0.append(peer) }
        return Member(peer: peer, group: self)
    }

    /// The primary, started with these options and those of the group.
    func primary(_ options: String..., under wrapper: [String] = []) async throws -> Member {
        try await started("primary", options, wrapper)
    }

    /// A secondary, started with these options and those of the group.
    func secondary(_ options: String..., under wrapper: [String] = []) async throws -> Member {
        try await started("secondary", options, wrapper)
    }

    /// A process that becomes the primary if the group has none, and else a secondary.
    func either(_ options: String...) async throws -> Member { try await started("either", options, []) }

    /// A process that has started DPDK in this role (`--proc-type`) without the library.
    func foreign(_ role: String = "secondary", _ options: String...) async throws -> Member {
        let member = try idle()
        let words = ["--proc-type=\(role)", "--lcores=9@0"] + options
        let status = try await member.ask(start("c-start", words))
        guard status == "0" else { throw ChildFailure("rte_eal_init gave \(status)\n\(member.peer.errorOutput)") }
        return member
    }

    /// The error of a process that does not start in a role.
    func refusal(of role: String, _ options: String...) async throws -> Refusal {
        try await idle().refusal(start(role, options))
    }

    private func started(_ role: String, _ options: [String], _ wrapper: [String]) async throws -> Member {
        let member = try idle(under: wrapper)
        try await member.ask(start(role, options))
        return member
    }

    /// A process of the group, which runs commands line by line.
    struct Member: Sendable {
        let peer: Peer
        /// Keeps the group alive, with its other processes and its files.
        let group: EALGroup

        var pid: pid_t { peer.pid }

        /// Runs a command and returns its answer. Throws if it fails.
        @discardableResult
        func ask(_ line: String, within limit: Duration = Peer.patience) async throws -> String {
            try peer.send(line)
            return try await answer(to: line, within: limit)
        }

        /// Sends a command whose answer is read later.
        func tell(_ line: String) throws { try peer.send(line) }

        /// The answer to a command that was sent before.
        @discardableResult
        func answer(to line: String = "", within limit: Duration = Peer.patience) async throws -> String {
            let answer = try await peer.line(within: limit) ?? "the end of its output"
            guard answer == "ok" || answer.hasPrefix("ok ") else {
                throw ChildFailure("'\(line)' to process \(pid) gave \(answer)\n\(peer.errorOutput)")
            }
            return String(answer.dropFirst(3))
        }

        /// Runs a command that must fail with a `DPDKError`, and returns the error.
        func refusal(_ line: String, within limit: Duration = Peer.patience) async throws -> Refusal {
            try peer.send(line)
            let answer = try await peer.line(within: limit) ?? "the end of its output"
            guard let refusal = Refusal(answer) else {
                throw ChildFailure("'\(line)' to process \(pid) gave \(answer)\n\(peer.errorOutput)")
            }
            return refusal
        }

        /// Releases objects, shuts DPDK down and waits for the end of the process.
        func shutdown(dropping things: String...) async throws {
            for thing in things { try await ask("drop \(thing)") }
            try await ask("shutdown")
            peer.closeInput()
            _ = try await peer.end()
        }

        /// Stops the process, and returns when all its threads have stopped. `SIGCONT` continues it.
        func stop() async throws {
            peer.signal(SIGSTOP)
            let deadline = ContinuousClock.now + Peer.patience
            while try !haveAllThreadsStopped() {
                guard ContinuousClock.now < deadline else { throw ChildFailure("process \(pid) does not stop") }
                try await Task.sleep(for: .milliseconds(1))
            }
        }

        private func haveAllThreadsStopped() throws -> Bool {
            let tasks = "/proc/\(pid)/task"
            return try FileManager.default.contentsOfDirectory(atPath: tasks).allSatisfy { thread in
                let status = try String(contentsOfFile: "\(tasks)/\(thread)/stat", encoding: .utf8)
                // The state follows the name, which is in parentheses and may hold anything.
                return status.split(separator: ")").last?.hasPrefix(" T") ?? false
            }
        }

        /// Kills the process and waits until it is gone.
        func kill() async throws {
            peer.kill()
            _ = try await peer.end()
        }
    }
}
