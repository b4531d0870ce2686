internal import Glibc

/// The files of a group that EAL leaves behind when its primary ends.
struct GroupFiles {
    let filePrefix: String
    let runtimeDirectory: String
    let hugepageDirectories: [String]

    /// The processes that use the memory of a group whose primary has ended, with this library or without; 0 stands for
    /// one whose pid is not known.
    ///
    /// EAL keeps a lock on its list of memory zones in each process, and a new primary cannot make it anew meanwhile.
    static func memoryUsers(in runtimeDirectory: String) -> [Int32] {
        let path = runtimeDirectory + "/fbarray_memzone"
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var status = stat()
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK, unsafe fstat(descriptor, &status) == 0
        else { return [] }
        // 9: FLOCK  ADVISORY  READ 4711 fe:00:1032452 0 EOF
        let users = (SystemFile.text("/proc/locks") ?? "").split(separator: "\n").compactMap { line -> Int32? in
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(status.st_ino)") else { return nil }
            return Int32(fields[4])
        }
        return users.isEmpty ? [0] : Array(Set(users)).sorted()
    }

    /// Removes the hugepage files and the runtime directory. To be called where nobody else is attached.
    func remove() {
        for folder in hugepageDirectories {
            for name in SystemFile.names(in: folder) ?? [] where name.hasPrefix(filePrefix + "map_") {
                _ = unsafe unlink(folder + "/" + name)
            }
        }
        // The configuration goes last: until then, no other primary begins to make files here.
        for name in SystemFile.names(in: runtimeDirectory) ?? [] where name != "config" {
            _ = unsafe unlink(runtimeDirectory + "/" + name)
        }
        _ = unsafe unlink(runtimeDirectory + "/config")
        _ = unsafe rmdir(runtimeDirectory)
    }
}
