import Glibc

let configurationSubcommands: [String: Subcommand] = ["hold-configuration": holdConfiguration]

/// Stands in for a primary with respect to its group's configuration file: locks the file as EAL does.
///
/// `--path FILE`, `--magic NUMBER`, `--version NUMBER`: the file and its head. Prints `locked`. Then each line
/// `head MAGIC VERSION` writes another head, and is answered with `written`. Ends at the end of its input.
@Sendable private func holdConfiguration(_ options: Options) -> CInt {
    guard let path = options["path"] else { return 64 }
    let descriptor = unsafe open(path, O_RDWR | O_CREAT, 0o600)
    guard descriptor >= 0, ftruncate(descriptor, 4096) == 0 else { return 71 }
    func write(_ magic: String?, _ version: String?) {
        var head = [magic, version].map { $0.flatMap { UInt32($0) } ?? 0 }
        unsafe _ = pwrite(descriptor, &head, 8, 0)
    }
    write(options["magic"], options["version"])
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 1024
    lock.l_len = 512
    guard unsafe fcntl(descriptor, F_SETLK, &lock) == 0 else { return 71 }
    Output.line("locked")
    while let line = readLine() {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 3, words[0] == "head" else { return 64 }
        write(words[1], words[2])
        Output.line("written")
    }
    return 0
}
