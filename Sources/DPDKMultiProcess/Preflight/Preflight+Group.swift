internal import CDPDK
internal import Glibc

extension Preflight {
    /// Checks that the runtime directory exists or can be created, and that files can be created in it.
    func checkRuntimeDirectory() throws(DPDKError) {
        for path in [runtimeDirectory, "\(machine.runtimeRoot)/dpdk", machine.runtimeRoot] {
            if let refusal = SystemFile.refusal(path, R_OK | W_OK | X_OK) {
                if refusal.rawValue == ENOENT { continue }
                throw .refused(path, "create files in", refusal)
            }
            // A primary that is ending may have removed it in the meantime.
            guard let kind = SystemFile.kind(path) else { continue }
            guard kind == S_IFDIR else {
                throw DPDKError(
                    .permissionDenied, "'\(path)'", "the runtime directory cannot be used because this is not a folder",
                    remedy: "Remove it, or name another folder in RUNTIME_DIRECTORY",
                    underlying: RTEErrno(rawValue: ENOTDIR))
            }
            return
        }
        throw DPDKError(
            .permissionDenied, "'\(machine.runtimeRoot)'",
            "the runtime directory '\(runtimeDirectory)' cannot be created because this folder does not exist",
            remedy: "Create it (mkdir -p \(machine.runtimeRoot)), or name another folder in RUNTIME_DIRECTORY",
            underlying: RTEErrno(rawValue: ENOENT))
    }

    /// Checks, for a primary, that the group has no live primary.
    func checkNoPrimary() throws(DPDKError) {
        guard let primary = try GroupConfiguration.look(in: runtimeDirectory)?.primary else { return }
        throw DPDKError(
            .primaryAlreadyRunning, group, "\(primary) is already its primary",
            remedy: "Attach as a secondary, end that process first, or choose another --file-prefix", holders: [primary]
        )
    }

    /// Checks, for a secondary, that the primary is alive and ready, and waits for one that is starting.
    func checkPrimary() throws(DPDKError) {
        let start = ContinuousClock.now
        while true {
            guard let found = try GroupConfiguration.look(in: runtimeDirectory) else { throw noPrimary() }
            let waited = start.duration(to: .now)
            switch (found.primary, found.head) {
            case (let primary?, .complete(let version)):
                if version == machine.version { return }
                // A new primary locks the file a moment before it erases what the earlier primary wrote.
                cdpdk_sleep_microseconds(2_000)
                guard try GroupConfiguration.look(in: runtimeDirectory) == found else { continue }
                throw mismatch(version, primary)
            case (_?, _) where waited < patience: break
            // A new primary creates the file a moment before it locks it.
            case (nil, .incomplete) where waited < min(patience, .milliseconds(50)): break
            default: throw failure(found, after: waited)
            }
            cdpdk_sleep_microseconds(5_000)
        }
    }

    /// Whether the primary is alive and ready, for a second look just before EAL starts.
    ///
    /// A new primary locks the file a moment before it erases what the earlier one wrote, so the first look may have
    /// found that. EAL reads the file some milliseconds after this one.
    func isPrimaryReady() throws(DPDKError) -> Bool {
        guard let found = try GroupConfiguration.look(in: runtimeDirectory), found.primary != nil else { return false }
        return found.head == .complete(machine.version)
    }

    private func mismatch(_ version: DPDKVersion, _ primary: ProcessIdentity) -> DPDKError {
        DPDKError(
            .versionMismatch, group, "the primary uses DPDK \(version), but this process uses DPDK \(machine.version)",
            remedy: "Use exactly the same release of DPDK for both, also the same point release", holders: [primary])
    }

    private func failure(_ found: GroupConfiguration, after waited: Duration) -> DPDKError {
        switch (found.primary, found.head) {
        case (_, .foreign):
            GroupConfiguration.corrupted(
                "\(runtimeDirectory)/config", "it is not a configuration file of DPDK", nil)
        case (let primary?, _):
            stillStarting(primary, after: waited)
        case (nil, .incomplete):
            DPDKError(
                .primaryDiedWhileStarting, group, "its primary ended before it had finished its start",
                remedy: "Start the primary again, then this process")
        case (nil, .complete): primaryDead
        }
    }

    /// The primary did not finish its start while this process waited.
    func stillStarting(_ primary: ProcessIdentity, after waited: Duration) -> DPDKError {
        DPDKError(
            .primaryStillStarting, group,
            "its primary, \(primary), was not ready after \(Int(waited / .milliseconds(1))) ms",
            remedy: "Start this process again later, or find out why the primary does not finish its start",
            holders: [primary])
    }

    /// The primary has ended.
    var primaryDead: DPDKError {
        DPDKError(
            .primaryDead, group, "its primary has ended", remedy: "Start the primary again, then this process")
    }

    private func noPrimary() -> DPDKError {
        let others = livePrefixes()
        let list = others.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
        return DPDKError(
            .noPrimary, group, "no primary with this file prefix is running",
            remedy: getuid() != 0 && SystemFile.kind("/var/run/dpdk") != nil
                ? "Start the primary first, and both as the same user: only root can attach to groups of root's"
                : others.isEmpty
                    ? "Start the primary first, with --file-prefix=\(filePrefix)"
                    : "Start the primary first, or use the --file-prefix of a running one: \(list)")
    }

    /// The other file prefixes that have a live primary.
    func livePrefixes() -> [String] {
        let names = SystemFile.names(in: "\(machine.runtimeRoot)/dpdk", atMost: 4096) ?? []
        return names.prefix(256).filter { name in
            let directory = machine.runtimeDirectory(filePrefix: name)
            return name != filePrefix && (try? GroupConfiguration.look(in: directory))?.primary != nil
        }
    }

    /// The group as messages name it.
    private var group: String { "group '\(filePrefix)'" }
}
