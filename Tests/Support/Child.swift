import Foundation
package import Glibc
import Synchronization

/// A process that a test started, in its own process group. It is killed when the value is released.
///
/// The process is reaped as soon as it has ended, because the loop in which Swift Testing waits for exit tests does not
/// sleep while another ended process is not reaped.
package final class Child: Sendable {
    /// The process id, which is also the id of the process group.
    package let pid: pid_t
    private let state: State

    private final class State: Sendable {
        let ending = Mutex<Ending?>(nil)
    }

    /// How a process ended.
    package enum Ending: Hashable, Sendable {
        case status(CInt)
        case signal(CInt)
    }

    /// Starts a program.
    /// - Parameters:
    ///   - words: The program, which is looked up in `PATH`, and its arguments.
    ///   - environment: Variables to set in addition to those of this process.
    ///   - standard: Its standard input, output and error output.
    package init(_ words: [String], environment: [String: String] = [:], standard: [CInt]) throws {
        let pid = try Self.spawn(words, environment, standard)
        let state = State()
        self.pid = pid
        self.state = state
        let reaper = Thread { Self.reap(pid, state) }
        reaper.stackSize = 1 << 18
        reaper.start()
    }

    deinit { signal(SIGKILL) }

    /// How the process ended, or nil if it still runs. A stopped process still runs.
    package var ending: Ending? { state.ending.withLock { $0 } }

    /// Sends a signal to the process and its children: `SIGSTOP`, `SIGCONT`, `SIGTERM`.
    package func signal(_ number: CInt) {
        state.ending.withLock { ending in
            // Another process may have the id of a reaped one.
            if ending == nil { _ = Glibc.kill(-pid, number) }
        }
    }

    /// Waits for the end of the process, and returns nil if the time is up before.
    package func end(within limit: Duration) async throws -> Ending? {
        let deadline = ContinuousClock.now + limit
        while ending == nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(2)) }
        return ending
    }

    private static func reap(_ pid: pid_t, _ state: State) {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let number = unsafe information._sifields._sigchld.si_status
        // Nobody sends it a signal from here on.
        state.ending.withLock { $0 = unsafe information.si_code == CLD_EXITED ? .status(number) : .signal(number) }
        // Not under the lock, for which tests wait: the kernel may take seconds for it on a busy machine.
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}

// MARK: - Commands

extension Child {
    /// Runs a command to its end, and returns how it ended and its output.
    package static func run(
        _ words: [String], environment: [String: String] = [:], within limit: Duration = .seconds(60)
    ) async throws -> (ending: Ending, output: String) {
        let input = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        let output = try unnamedFile()
        defer {
            close(input)
            close(output)
        }
        let child = try Child(words, environment: environment, standard: [input, output, output])
        guard let ending = try await child.end(within: limit) else {
            throw ChildFailure("'\(words.joined(separator: " "))' did not end within \(limit)\n\(text(of: output))")
        }
        return (ending, text(of: output))
    }

    /// A file that is removed when its last descriptor is closed.
    package static func unnamedFile() throws -> CInt {
        let path = TestRun.folder.path + "/" + UUID().uuidString
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ChildFailure("no file \(path): \(sentence(errno))") }
        unsafe unlink(path)
        return descriptor
    }

    /// The contents of a file so far.
    package static func text(of descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    /// The path of a built program, which is in the folder of the test bundle.
    package static func program(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
    }
}

// MARK: - Starting

extension Child {
    /// Starts a process group with these descriptors as its standard ones.
    private static func spawn(
        _ words: [String], _ environment: [String: String], _ standard: [CInt]
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        for (number, descriptor) in standard.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, CInt(number))
        }
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        var pid: pid_t = -1
        let status = unsafe withCStrings(words) { argv in
            unsafe withCStrings(variables) { envp in
                unsafe posix_spawnp(&pid, words[0], &actions, &attributes, argv, envp)
            }
        }
        guard status == 0 else { throw ChildFailure("\(words[0]) did not start: \(sentence(status))") }
        return pid
    }

    private static func sentence(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe body(&pointers)
    }
}

/// The error of a wait for something that a process did not do.
package struct ChildFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
