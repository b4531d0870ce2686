internal import CDPDK
internal import Glibc

/// What a group's `config` file says about its primary, for a process in which EAL does not run.
///
/// The primary holds a POSIX record lock on the file as long as it lives. It writes DPDK's version at the head of the
/// file, and a magic number when its start is complete. A process that closes any descriptor of the file loses its own
/// lock on it. So a file that this process has open is not opened here.
///
/// The corresponding C functions are `rte_eal_config_create`, `eal_mcfg_complete` and `eal_mcfg_check_version`.
package struct GroupConfiguration: Hashable, Sendable {
    /// The contents of the file's head.
    package enum Head: Hashable, Sendable {
        /// The file is empty, or has no magic number yet.
        case incomplete
        /// DPDK's magic number, and the version of the process that wrote it.
        case complete(DPDKVersion)
        /// Another program wrote the file.
        case foreign
    }

    /// The primary; nil if none is alive.
    package var primary: ProcessIdentity?
    package var head: Head

    /// Reads a group's file.
    /// - Parameter directory: The group's runtime directory.
    /// - Returns: What the file says; nil if there is no file.
    /// - Throws: `.permissionDenied`, `.groupCorrupted`, or `.alreadyStarted` if this process has the file open.
    package static func look(in directory: String) throws(DPDKError) -> Self? {
        let path = "\(directory)/config"
        guard !isOpenHere(path, directory) else {
            throw DPDKError(
                .alreadyStarted, "'\(path)'", "this process has already started EAL for this group",
                remedy: "Start EAL only once in a process")
        }
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            switch RTEErrno(rawValue: errno) {
            case RTEErrno(rawValue: ENOENT): return nil
            case let number where [ENOTDIR, EISDIR, ELOOP, ENXIO].contains(number.rawValue):
                throw corrupted(path, "it is not a regular file", number)
            case let number: throw .refused(path, "read and write", number)
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw corrupted(path, "it is not a regular file", nil)
        }
        return Self(primary: holder(descriptor), head: head(descriptor))
    }

    /// Releases the lock that EAL keeps on the file until the process ends, by closing a descriptor of the file.
    /// - Returns: Whether another process is the group's primary.
    @discardableResult
    static func giveUpLock(in directory: String) -> Bool {
        let descriptor = unsafe open("\(directory)/config", O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return holder(descriptor) != nil
    }

    static func corrupted(_ path: String, _ message: String, _ number: RTEErrno?) -> DPDKError {
        DPDKError(
            .groupCorrupted, "'\(path)'", message,
            remedy: "End all processes of the group and remove the file, or choose another --file-prefix",
            underlying: number)
    }

    /// The process that has locked any byte of the file. EAL's versions lock different ranges.
    private static func holder(_ descriptor: CInt) -> ProcessIdentity? {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard unsafe fcntl(descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return ProcessIdentity(pid: max(0, lock.l_pid))
    }

    private static func head(_ descriptor: CInt) -> Head {
        var words: (magic: UInt32, version: UInt32) = (0, 0)
        let size = unsafe withUnsafeMutableBytes(of: &words) { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        if words.magic == 0 { return .incomplete }
        guard size == 8, words.magic == cdpdk_magic() else { return .foreign }
        return .complete(DPDKVersion(number: words.version))
    }

    /// Whether EAL has opened the file in this process.
    ///
    /// A descriptor of the file is not enough: a child process of a primary inherits the descriptor without the lock.
    private static func isOpenHere(_ path: String, _ directory: String) -> Bool {
        guard unsafe String(cString: cdpdk_runtime_directory()) == directory, let wanted = SystemFile.identity(path)
        else { return false }
        return (SystemFile.names(in: "/proc/self/fd") ?? []).compactMap { CInt($0) }.contains { descriptor in
            SystemFile.identity(descriptor) == wanted
        }
    }
}

extension DPDKError {
    /// This user may not use a path.
    static func refused(_ path: String, _ use: String, _ number: RTEErrno?) -> Self {
        var status = stat()
        let owner = unsafe stat(path, &status) == 0 ? "its owner, user \(status.st_uid)," : "its owner"
        return Self(
            .permissionDenied, "'\(path)'", "user \(geteuid()) may not \(use) it",
            remedy: "Run as \(owner) or change its owner: chown \(geteuid()) \(path)", underlying: number)
    }
}
