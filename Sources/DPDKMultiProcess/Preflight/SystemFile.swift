internal import Glibc

/// Small files and folders of the kernel, and the access that this process has to a path. Nothing here blocks.
enum SystemFile {
    /// The beginning of a file as text, or nil if it cannot be read.
    static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
                unsafe count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
            }
            guard !chunk.isEmpty else { break }
            bytes += chunk
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number at the beginning of a file, or nil if there is none.
    static func number(_ path: String) -> Int? {
        text(path, limit: 64).flatMap { text in Int(text.prefix { $0.isNumber }) }
    }

    /// The names in a folder without `.` and `..`, sorted; nil if the folder cannot be read.
    /// - Parameter limit: The most names to read.
    static func names(in folder: String, atMost limit: Int = .max) -> [String]? {
        guard let directory = unsafe opendir(folder) else { return nil }
        defer { unsafe _ = closedir(directory) }
        var names: [String] = []
        while names.count < limit, let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The target of a symbolic link, or nil if the path is not one.
    static func target(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The type of the file at a path, or nil if there is none or it is not accessible.
    static func kind(_ path: String) -> mode_t? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT
    }

    /// What identifies a file independently of its path: its device and its inode number.
    struct Identity: Hashable {
        let device: dev_t
        let number: ino_t

        fileprivate init(_ status: stat) {
            device = status.st_dev
            number = status.st_ino
        }
    }

    /// The identity of the file at a path, or nil if there is none or it is not accessible.
    static func identity(_ path: String) -> Identity? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Identity(status) : nil
    }

    /// The identity of an open file, or nil if the descriptor is not open.
    static func identity(_ descriptor: CInt) -> Identity? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Identity(status) : nil
    }

    /// Why the effective user has no such access to a path; nil if the access is allowed.
    static func refusal(_ path: String, _ mode: CInt) -> RTEErrno? {
        unsafe faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? nil : RTEErrno(rawValue: errno)
    }
}
