internal import Glibc

/// Who has locks on files.
enum FileLocks {
    /// The pids of the processes that have a file or folder locked as a whole (`flock`), 0 for an unknown one.
    ///
    /// It is empty if no process has locked the file, or if there is no such file. The check locks the file for a
    /// moment.
    static func holdersOfWhole(_ path: String) -> [Int32] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK,
            let file = SystemFile.identity(descriptor)
        else { return [] }
        let holders = holders("FLOCK", of: file)
        return holders.isEmpty ? [0] : holders.sorted()
    }

    /// The pids of the processes that have a byte of a file locked (`fcntl`).
    static func holdersOfBytes(_ descriptor: Int32) -> Set<Int32> {
        SystemFile.identity(descriptor).map { holders("POSIX", of: $0) } ?? []
    }

    private static func holders(_ kind: String, of file: SystemFile.Identity) -> Set<Int32> {
        // 9: FLOCK  ADVISORY  READ 4711 fe:00:1032452 0 EOF
        let pids = (SystemFile.text("/proc/locks") ?? "").split(separator: "\n").compactMap { line -> Int32? in
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == kind, fields[5].hasSuffix(":\(file.number)") else { return nil }
            return Int32(fields[4])
        }
        return Set(pids)
    }
}
