internal import CDPDK
internal import Glibc

/// One start of EAL, step by step.
struct EALStart {
    /// From here on the process cannot start again.
    var wasCalled = false
    private var succeeded = false
    private var hugepageDirectories: [String] = []

    mutating func run(as role: EALArguments.Role, _ given: EALArguments) throws(DPDKError) -> Member {
        var arguments = try given.normalized(on: .current)
        let preflight = Preflight(arguments)
        let wanted = role
        var role = try preflight.check(wanted)
        hugepageDirectories = preflight.hugepageDirectories

        let locks = try Self.openLocks(preflight)
        if role == .primary {
            do throws(DPDKError) {
                try Self.takePrimarySlot(locks, preflight.runtimeDirectory)
            } catch {
                guard wanted == .automatic, error.code == .primaryAlreadyRunning else { throw error }
                try Self.awaitPrimary(preflight, locks)
                role = .secondary
            }
        }
        arguments.role = role
        var lcores: [Int] = []
        do throws(DPDKError) {
            lcores = try Self.takeLcores(&arguments, locks)
            return try enter(role, arguments, locks: locks, lcores: lcores)
        } catch {
            for lcore in lcores { locks.release(.lcore(lcore)) }
            if role == .primary {
                if wasCalled { removeFiles(arguments.filePrefix, preflight.runtimeDirectory) }
                locks.release(.slot(0))
            }
            throw error
        }
    }

    /// Opens the lock file in the runtime directory, which a primary that is ending may be removing just now.
    private static func openLocks(_ preflight: Preflight) throws(DPDKError) -> LockFile {
        var attempts = 8
        while true {
            let directory = try preflight.makeRuntimeDirectory()
            do throws(DPDKError) {
                return try LockFile.open(in: directory)
            } catch {
                attempts -= 1
                guard error.underlying == RTEErrno(rawValue: ENOENT), attempts > 0 else { throw error }
            }
        }
    }

    /// Removes what a primary that did not start has left.
    private func removeFiles(_ filePrefix: String, _ runtimeDirectory: String) {
        if succeeded { _ = cdpdk_eal_cleanup() }
        guard !GroupConfiguration.giveUpLock(in: runtimeDirectory) else { return }
        GroupFiles(
            filePrefix: filePrefix, runtimeDirectory: runtimeDirectory, hugepageDirectories: hugepageDirectories
        ).remove()
    }

    private mutating func enter(
        _ role: EALArguments.Role, _ arguments: EALArguments, locks: LockFile, lcores: [Int]
    ) throws(DPDKError) -> Member {
        wasCalled = true
        let startTime = cdpdk_monotonic_nanoseconds()
        try Self.initializeEAL(arguments)
        succeeded = true
        let isPrimary = role == .primary
        let directory = try Directory.open(asPrimary: isPrimary, locks: locks)
        let name = EALArguments.name(of: CommandLine.arguments.first ?? "")
        let holder = try directory.attach(
            role: UInt32(isPrimary ? CDPDK_ROLE_PRIMARY : CDPDK_ROLE_SECONDARY), pid: getpid(), name: name,
            lcores: lcores)
        let member = Member(
            role: role, filePrefix: arguments.filePrefix, directory: directory, locks: locks, holder: holder,
            identity: directory.identity(of: holder), lcores: lcores, startTime: startTime,
            hugepageDirectories: isPrimary ? hugepageDirectories : [])
        do throws(DPDKError) {
            try directory.withSetUpLock { () throws(DPDKError) in
                let zone = unsafe try Arena.zone(slot: holder.slot, chunk: 0)
                unsafe cdpdk_arena_open(zone.address, UInt32(holder.slot))
                unsafe directory.processEntry(holder.slot).release(1, to: \.arena_chunks)
            }
            if isPrimary { try member.startControlThread() }
        } catch {
            directory.detach(holder)
            throw error
        }
        return member
    }

    /// Takes the primary's slot, so that secondaries know at once that a primary with this library is starting.
    ///
    /// Refused while secondaries of a dead primary run: a new one would give the memory that they use to others.
    private static func takePrimarySlot(_ locks: LockFile, _ runtimeDirectory: String) throws(DPDKError) {
        guard locks.take(.slot(0)) else {
            throw DPDKError(
                .primaryAlreadyRunning, "group of '\(locks.path)'", "another primary is starting",
                remedy: "Choose another --file-prefix, or start this process as a secondary",
                holders: [ProcessIdentity(pid: locks.holder(of: .slot(0)) ?? 0)])
        }
        var orphans: [Int32] = []
        let deadline = ContinuousClock.now + .milliseconds(500)
        repeat {
            orphans = (1..<Directory.processCount).compactMap { locks.holder(of: .slot($0)) }
            if orphans.isEmpty { orphans = GroupFiles.memoryUsers(in: runtimeDirectory) }
            if orphans.isEmpty { return }
            cdpdk_sleep_microseconds(10_000)
        } while ContinuousClock.now < deadline
        locks.release(.slot(0))
        let processes = orphans.map { ProcessIdentity(pid: $0) }
        throw DPDKError(
            .secondariesStillAttached, "group of '\(locks.path)'",
            "its primary is gone, but secondaries of it still run:"
                + " \(processes.map(\.description).joined(separator: ", "))",
            remedy: "End them first: they use memory that a new primary would give away", holders: processes)
    }

    /// Waits until a primary that has begun to start a moment earlier can be attached to.
    private static func awaitPrimary(_ preflight: Preflight, _ locks: LockFile) throws(DPDKError) {
        let deadline = ContinuousClock.now + preflight.patience
        while true {
            do throws(DPDKError) {
                try preflight.check(.secondary)
                return
            } catch {
                guard let pid = locks.holder(of: .slot(0)) else { throw error }
                guard ContinuousClock.now < deadline else {
                    let primary = ProcessIdentity(pid: pid)
                    throw DPDKError(
                        .primaryStillStarting, "group of '\(locks.path)'",
                        "\(primary), which started first, was not ready in time",
                        remedy: "Start this process again later, or look why the primary does not finish its start",
                        holders: [primary])
                }
                cdpdk_sleep_microseconds(5_000)
            }
        }
    }

    /// Takes the lcore ids that the arguments name, or the lowest free one.
    ///
    /// A primary without this library locks no ids, and has low ones: where there is none with it, the highest free one
    /// is taken.
    private static func takeLcores(_ arguments: inout EALArguments, _ locks: LockFile) throws(DPDKError) -> [Int] {
        guard let wanted = arguments.lcores else {
            let machine = Machine.current
            let cpus = machine.cpus.isEmpty ? [0] : machine.cpus
            let ids = Array(0..<Int(cdpdk_max_lcore()))
            let isAlone = arguments.role == .secondary && locks.holder(of: .slot(0)) == nil
            for id in isAlone ? ids.reversed() : ids where locks.take(.lcore(id)) {
                arguments.lcores = [LcoreAssignment(id: id, cpus: [cpus[id % cpus.count]])]
                return [id]
            }
            throw DPDKError(
                .lcoreInUse, "lcores", "other processes of the group have all \(cdpdk_max_lcore()) lcore ids",
                remedy: "End processes that are needed no more")
        }
        var taken: [Int] = []
        for id in wanted.map(\.id) {
            if locks.take(.lcore(id)) {
                taken.append(id)
                continue
            }
            for other in taken { locks.release(.lcore(other)) }
            let pid = locks.holder(of: .lcore(id)) ?? 0
            let holder = ProcessIdentity(pid: pid)
            let free = (0..<Int(cdpdk_max_lcore())).first { locks.holder(of: .lcore($0)) == nil && $0 != id } ?? 0
            throw DPDKError(
                .lcoreInUse, "lcore \(id)",
                "\(holder) has it, and the caches of packet pools are kept by lcore id",
                remedy:
                    "Give each process of the group its own ids, for instance --lcores \(free)@\(wanted[0].cpus.first ?? 0)",
                holders: [holder])
        }
        return taken
    }

    /// Calls `rte_eal_init` with checked arguments.
    private static func initializeEAL(_ arguments: EALArguments) throws(DPDKError) {
        _ = cdpdk_log_capture(!arguments.logLevels.isEmpty)
        let logStart = cdpdk_log_count()
        let words = arguments.commandLine
        // EAL keeps pointers into its arguments, so they are never freed.
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: words.count + 1)
        for (index, word) in words.enumerated() { unsafe pointers[index] = unsafe strdup(word) }
        unsafe pointers[words.count] = nil
        guard unsafe cdpdk_eal_init(CInt(words.count), pointers) < 0 else { return }
        throw EALFailure.error(RTEErrno.current, log: EALLog.lines(since: logStart), arguments)
    }
}
