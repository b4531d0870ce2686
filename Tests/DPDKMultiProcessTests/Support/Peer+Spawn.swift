import Foundation
import Glibc

extension Peer {
    /// A wrapper that runs the peer in mounts of its own, after these commands of the shell. Needs root.
    static func privateMounts(_ commands: [String]) -> [String] {
        ["unshare", "--mount", "--propagation", "private", "sh", "-c"]
            + [(["set -e"] + commands + [#"exec "$@""#]).joined(separator: "; "), "sh"]
    }

    /// The two ends of a socket, which other children do not inherit.
    static func channel() throws -> (own: CInt, theirs: CInt) {
        var ends: [CInt] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
        guard unsafe socketpair(AF_UNIX, CInt(kind), 0, &ends) == 0 else {
            throw PeerFailure(description: "no socket: \(text(errno))")
        }
        return (ends[0], ends[1])
    }

    /// A file that is gone when its descriptors are.
    static func unnamedFile() throws -> CInt {
        let path = NSTemporaryDirectory() + "/peer-" + UUID().uuidString
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PeerFailure(description: "no file \(path): \(text(errno))") }
        unsafe unlink(path)
        return descriptor
    }

    /// Starts a process in a group of its own, with these descriptors as its standard ones.
    static func spawn(_ words: [String], _ environment: [String: String], _ standard: [CInt]) throws -> pid_t {
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
        guard status == 0 else {
            throw PeerFailure(description: "\(words[0]) did not start: \(text(status))")
        }
        return pid
    }

    private static func text(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe body(&pointers)
    }
}
