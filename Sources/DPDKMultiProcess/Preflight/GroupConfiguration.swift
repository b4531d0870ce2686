internal import CDPDK
internal import Glibc

/// What a group's `config` file tells, looked at from outside while EAL is not up in this process.
///
/// The primary holds a POSIX record lock on the file as long as it lives, and writes DPDK's version and then a magic
/// number at its head, the latter when its start is complete. A process that has the file open may lose its lock by
/// opening and closing it once more, so a file that this process has open is never opened here.
///
/// The corresponding C functions are `rte_eal_config_create`, `eal_mcfg_complete` and `eal_mcfg_check_version`.
package struct GroupConfiguration: Hashable, Sendable {
    /// What is at the file's head.
    package enum Head: Hashable, Sendable {
        /// Nothing or zero so far.
        case incomplete
        /// DPDK's magic number, and the version of the process that wrote it.
        case complete(DPDKVersion)
        /// Something that DPDK does not write.
        case foreign
    }

    /// The primary, if one lives.
    package var primary: ProcessIdentity?
    package var head: Head

    /// Looks at a group's file.
    /// - Returns: nil if there is none.
    /// Throws `.permissionDenied`, `.groupCorrupted`, or `.alreadyStarted` if this process has it open.
    package static func look(in directory: String) throws(DPDKError) -> Self? {
        let path = "\(directory)/config"
        guard !isOpenHere(path, directory) else {
            throw DPDKError(
                .alreadyStarted, "'\(path)'", "this process has started EAL for that group already",
                remedy: "Start EAL once in a process")
        }
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            switch RTEErrno(rawValue: errno) {
            case RTEErrno(rawValue: ENOENT): return nil
            case let number where [ENOTDIR, EISDIR, ELOOP, ENXIO].contains(number.rawValue):
                throw corrupted(path, "it is no regular file", number)
            case let number: throw .refused(path, "read and write", number)
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw corrupted(path, "it is no regular file", nil)
        }
        return Self(primary: holder(descriptor), head: head(descriptor))
    }

    /// Gives up the lock that EAL keeps on the file as long as the process lives, as closing any descriptor of it does,
    /// and tells whether another process is the group's primary.
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
            remedy: "Remove it while no process of the group runs, or take another --file-prefix", underlying: number)
    }

    /// The process that has any byte of the file locked. The range that EAL locks differs between its versions.
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

    /// Whether EAL has opened the file in this process. A descriptor alone does not tell: a process that a primary
    /// starts inherits one from it, though not the lock.
    private static func isOpenHere(_ path: String, _ directory: String) -> Bool {
        guard unsafe String(cString: cdpdk_runtime_directory()) == directory, let wanted = SystemFile.identity(path)
        else { return false }
        return (SystemFile.names(in: "/proc/self/fd") ?? []).compactMap { CInt($0) }.contains { descriptor in
            SystemFile.identity(descriptor) == wanted
        }
    }
}

extension DPDKError {
    /// The user may not use a path.
    static func refused(_ path: String, _ use: String, _ number: RTEErrno?) -> Self {
        var status = stat()
        let owner = unsafe stat(path, &status) == 0 ? "user \(status.st_uid), whom it belongs to," : "its owner"
        return Self(
            .permissionDenied, "'\(path)'", "user \(geteuid()) may not \(use) it",
            remedy: "Run as \(owner) or change its owner: chown \(geteuid()) \(path)", underlying: number)
    }
}
