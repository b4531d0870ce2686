internal import CDPDK
internal import Glibc

extension Preflight {
    /// Checks that the runtime directory is there or can be made, and that files can be made in it.
    func checkRuntimeDirectory() throws(DPDKError) {
        for path in [runtimeDirectory, "\(machine.runtimeRoot)/dpdk", machine.runtimeRoot] {
            if let refusal = SystemFile.refusal(path, R_OK | W_OK | X_OK) {
                if refusal.rawValue == ENOENT { continue }
                throw .refused(path, "make files in", refusal)
            }
            // A primary that is ending may have removed it since.
            guard let kind = SystemFile.kind(path) else { continue }
            guard kind == S_IFDIR else {
                throw DPDKError(
                    .permissionDenied, "'\(path)'", "the runtime directory cannot be used because this is no folder",
                    remedy: "Remove it, or name another place in RUNTIME_DIRECTORY",
                    underlying: RTEErrno(rawValue: ENOTDIR))
            }
            return
        }
        throw DPDKError(
            .permissionDenied, "'\(machine.runtimeRoot)'",
            "the runtime directory '\(runtimeDirectory)' cannot be made because this folder does not exist",
            remedy: "Make it (mkdir -p \(machine.runtimeRoot)), or name another in RUNTIME_DIRECTORY",
            underlying: RTEErrno(rawValue: ENOENT))
    }

    /// For a primary: checks that no other lives.
    func checkNoPrimary() throws(DPDKError) {
        guard let primary = try GroupConfiguration.look(in: runtimeDirectory)?.primary else { return }
        throw DPDKError(
            .primaryAlreadyRunning, group, "\(primary) is its primary already",
            remedy: "Attach as a secondary, end that process first, or take another --file-prefix", holders: [primary])
    }

    /// For a secondary: checks that a primary lives and is ready, and waits for one that is about to be.
    func checkPrimary() throws(DPDKError) {
        let start = ContinuousClock.now
        while true {
            guard let found = try GroupConfiguration.look(in: runtimeDirectory) else { throw noPrimary() }
            let waited = start.duration(to: .now)
            switch (found.primary, found.head) {
            case (_?, .complete(let version)):
                // A new primary has the file locked a moment before it wipes what the one before it wrote.
                cdpdk_sleep_microseconds(2_000)
                guard try GroupConfiguration.look(in: runtimeDirectory) == found else { continue }
                return try check(version, of: found.primary)
            case (_?, _) where waited < patience: break
            // A new primary makes the file a moment before it locks it.
            case (nil, .incomplete) where waited < min(patience, .milliseconds(50)): break
            default: throw failure(found, after: waited)
            }
            cdpdk_sleep_microseconds(5_000)
        }
    }

    private func check(_ version: DPDKVersion, of primary: ProcessIdentity?) throws(DPDKError) {
        guard version != machine.version else { return }
        throw DPDKError(
            .versionMismatch, group, "the primary runs DPDK \(version), and this process DPDK \(machine.version)",
            remedy: "Build both with the same release of DPDK, point release included",
            holders: [primary].compactMap(\.self))
    }

    private func failure(_ found: GroupConfiguration, after waited: Duration) -> DPDKError {
        switch (found.primary, found.head) {
        case (_, .foreign):
            GroupConfiguration.corrupted(
                "\(runtimeDirectory)/config", "it does not begin as DPDK's configuration files do", nil)
        case (let primary?, _):
            stillStarting(primary, after: waited)
        case (nil, .incomplete):
            DPDKError(
                .primaryDiedWhileStarting, group, "its primary ended in the middle of its own start",
                remedy: "Start the primary again, and then this process")
        case (nil, .complete): primaryDead
        }
    }

    /// The primary was still starting when the patience was over.
    func stillStarting(_ primary: ProcessIdentity, after waited: Duration) -> DPDKError {
        DPDKError(
            .primaryStillStarting, group,
            "\(primary), its primary, was not ready after \(Int(waited / .milliseconds(1))) ms",
            remedy: "Start this process again later, or look why the primary does not finish its start",
            holders: [primary])
    }

    /// The primary was there and is not any more.
    var primaryDead: DPDKError {
        DPDKError(
            .primaryDead, group, "its primary has ended", remedy: "Start the primary again, and then this process")
    }

    private func noPrimary() -> DPDKError {
        let others = livePrefixes()
        let list = others.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        return DPDKError(
            .noPrimary, group, "there is no primary of that file prefix",
            remedy: others.isEmpty
                ? "Start the primary first, with --file-prefix=\(filePrefix)"
                : "Start the primary first, or take the --file-prefix of one that runs: \(list)")
    }

    /// The file prefixes beside this one that have a live primary.
    func livePrefixes() -> [String] {
        let names = SystemFile.names(in: "\(machine.runtimeRoot)/dpdk", atMost: 4096) ?? []
        return names.prefix(256).filter { name in
            let directory = machine.runtimeDirectory(filePrefix: name)
            return name != filePrefix && (try? GroupConfiguration.look(in: directory))?.primary != nil
        }
    }

    /// The group, as a message names it.
    private var group: String { "group '\(filePrefix)'" }
}
