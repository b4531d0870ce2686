import DPDKMultiProcess
import Foundation

/// Tells whether the group has processes without this library, DPDK's own `mp_client` for instance.
///
/// They are no members of the group for the library, but EAL makes a socket for each secondary. A socket without a
/// member belongs to one, if that lasts: each process is without membership while it starts.
struct Strangers {
    private let folder: String
    private var lastLook: ContinuousClock.Instant?
    /// Since when there have been more sockets than members; nil while there are not.
    private var start: ContinuousClock.Instant?

    init(filePrefix: String) { folder = Preflight.runtimeDirectory(filePrefix: filePrefix) }

    /// Whether there are others than the secondaries with this library, `members` in number. It looks ten times a
    /// second.
    mutating func areThere(beside members: Int) -> Bool {
        let now = ContinuousClock.now
        if lastLook.map({ now - $0 > .milliseconds(100) }) ?? true {
            lastLook = now
            start = liveSockets > members ? start ?? now : nil
        }
        return start.map { now - $0 > .seconds(1) } ?? false
    }

    private var liveSockets: Int {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.count { $0.hasPrefix("mp_socket_") && Self.isLive(folder + "/" + $0) }
    }

    /// Whether a process has a socket open: the file of one that was killed stays behind.
    private static func isLive(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            unsafe bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        return unsafe withUnsafePointer(to: address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }
}
