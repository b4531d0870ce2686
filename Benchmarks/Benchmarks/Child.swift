import CBaseline
import Foundation

/// A program that this one has started. It is stopped, continued and ended by its pid.
struct Child {
    let pid: Int32

    /// The folder of this program, where the package's other programs are, too.
    static func sibling(_ name: String) throws -> String {
        let this = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: this).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// - Parameter output: A descriptor for its standard output, which begins with the moment of its start, or -1.
    init(_ command: [String], output: Int32 = -1) throws {
        var words = unsafe command.map { unsafe UnsafePointer(strdup($0)) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free(UnsafeMutableRawPointer(mutating: $0)) } }
        pid = unsafe cbaseline_start(words, output)
        guard pid > 0 else { throw BenchmarkError("\(command[0]) cannot be started") }
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    /// Waits until it has ended, and returns whether its status was 0.
    func wait() -> Bool {
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) == -1, errno == EINTR {}
        return status == 0
    }

    /// Asks it to end, and kills it if it has not done so after some seconds.
    func end() {
        send(SIGCONT)
        send(SIGTERM)
        for _ in 0..<500 {
            if waitpid(pid, nil, WNOHANG) != 0 { return }
            usleep(10_000)
        }
        send(SIGKILL)
        _ = wait()
    }
}
