internal import Glibc

/// The locks that EAL's processes have on whole files and folders (`flock`).
enum WholeFileLock {
    /// The pids of the processes that have a file or folder locked, 0 for an unknown one.
    ///
    /// It is empty if no process has locked the file, or if there is no such file. The check locks the file for a
    /// moment.
    static func holders(of path: String) -> [Int32] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK,
            let file = SystemFile.identity(descriptor)
        else { return [] }
        // 9: FLOCK  ADVISORY  READ 4711 fe:00:1032452 0 EOF
        let users = (SystemFile.text("/proc/locks") ?? "").split(separator: "\n").compactMap { line -> Int32? in
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(file.number)") else { return nil }
            return Int32(fields[4])
        }
        return users.isEmpty ? [0] : Array(Set(users)).sorted()
    }
}
