internal import Glibc

/// The files of a group that EAL makes, and the locks that it has on them.
struct GroupFiles {
    let filePrefix: String
    let runtimeDirectory: String
    let hugepageDirectories: [String]

    /// The processes that use the memory of a group whose primary has ended, with this library or without; 0 stands for
    /// a process whose pid is not known.
    ///
    /// EAL holds a lock on its list of memory zones in each process; meanwhile a new primary cannot make the list anew.
    static func memoryUsers(in runtimeDirectory: String) -> [Int32] {
        FileLocks.holdersOfWhole(runtimeDirectory + "/fbarray_memzone")
    }

    /// Whether other processes are attached, with this library or without. Call this after this process has released
    /// its own locks.
    func areUsed(_ locks: RecordLocks) -> Bool {
        (1..<Registry.processCount).contains { locks.holder(of: .slot($0)) != nil }
            || !Self.memoryUsers(in: runtimeDirectory).isEmpty
    }

    /// Removes the hugepage files and the runtime directory. Call this only if nobody else is attached.
    func remove() {
        let prefix = filePrefix + "map_"
        for folder in hugepageDirectories {
            // Only if a number follows: group `x` has `xmap_0`, and another group `xmap_1` has `xmap_1map_0`.
            for name in SystemFile.names(in: folder) ?? []
            where name.hasPrefix(prefix) && Int(name.dropFirst(prefix.count)) != nil {
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

// MARK: - Files and locks of this process alone

extension GroupFiles {
    /// Removes the files in the runtime directory that EAL made for this process, a secondary, alone.
    ///
    /// Their names have its pid as the third part: `mp_socket_PID_…` and `fbarray_memseg-2048k-0-0_PID`, since DPDK
    /// 24.11 with one more number. Without the socket, the primary no longer asks this process to follow changes of
    /// memory.
    func removeOwn() {
        let own = "\(getpid())"
        for name in SystemFile.names(in: runtimeDirectory) ?? []
        where name.split(separator: "_").dropFirst(2).first.map(String.init) == own {
            _ = unsafe unlink(runtimeDirectory + "/" + name)
        }
    }

    /// Gives up the locks that EAL holds, or that a failed start has left, on the files of the group's memory and on
    /// the folders of hugetlbfs.
    ///
    /// This process may live on for long without DPDK, and a later primary of the group has to be able to start. A
    /// failed start leaves a lock on a folder, for which every primary of the machine would wait without end.
    func releaseLocks() {
        let folders = hugepageDirectories.compactMap(SystemFile.identity)
        // The links name the files as the kernel knows them: /run for /var/run.
        let arrays = "/\(filePrefix)/fbarray_"
        let pages = "/\(filePrefix)map_"
        for descriptor in (SystemFile.names(in: "/proc/self/fd") ?? []).compactMap({ CInt($0) }) {
            guard let target = SystemFile.target("/proc/self/fd/\(descriptor)") else { continue }
            if target.contains(arrays) || target.contains(pages)
                || SystemFile.identity(descriptor).map(folders.contains) ?? false
            {
                _ = flock(descriptor, LOCK_UN)
            }
        }
    }
}
