internal import CDPDK
internal import Glibc

extension Member {
    /// Starts EAL and enters the group, or throws an error that says why it could not.
    static func start(as role: EALArguments.Role, _ arguments: EALArguments) throws(DPDKError) -> Member {
        try beginStart()
        var eal = EALStart()
        do throws(DPDKError) {
            let member = try eal.run(as: role, arguments)
            endStart(.running(member))
            return member
        } catch {
            endStart(eal.wasCalled ? .failed : .notStarted)
            throw error
        }
    }
}

/// One start of EAL, step by step.
struct EALStart {
    /// Whether `rte_eal_init` was called, after which the process cannot start again.
    var wasCalled = false
    private var succeeded = false
    private var hugepageDirectories: [String] = []

    mutating func run(as role: EALArguments.Role, _ given: EALArguments) throws(DPDKError) -> Member {
        // Now, before EAL starts threads.
        cdpdk_arena_prepare()
        // Looked at now, before EAL pins this thread to one CPU.
        let machine = Machine.current
        var arguments = try given.normalized(on: machine)
        let preflight = Preflight(arguments, machine: machine)
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
            lcores = try Self.takeLcores(&arguments, locks, machine)
            guard role == .primary else {
                return try enter(role, arguments, preflight, locks: locks, lcores: lcores)
            }
            // Secondaries can start from the middle of a primary's start on, but nobody would repair what one leaves
            // that dies there.
            return try locks.whileNobodyStarts { () throws(DPDKError) in
                try enter(role, arguments, preflight, locks: locks, lcores: lcores)
            }
        } catch {
            if wasCalled { undo(role, arguments.filePrefix, preflight.runtimeDirectory, locks) }
            for lcore in lcores { locks.release(.lcore(lcore)) }
            if role == .primary { locks.release(.slot(0)) }
            throw error
        }
    }

    /// Opens the lock file in the runtime directory, and tries again if a primary that ends removes the directory
    /// meanwhile.
    private static func openLocks(_ preflight: Preflight) throws(DPDKError) -> RecordLocks {
        var attempts = 8
        while true {
            let directory = try preflight.makeRuntimeDirectory()
            do throws(DPDKError) {
                return try RecordLocks.open(in: directory)
            } catch {
                attempts -= 1
                guard error.underlying == RTEErrno(rawValue: ENOENT), attempts > 0 else { throw error }
            }
        }
    }

    /// Undoes what EAL did before it failed, as far as others would notice it while this process lives on.
    private func undo(
        _ role: EALArguments.Role, _ filePrefix: String, _ runtimeDirectory: String, _ locks: RecordLocks
    ) {
        let files = GroupFiles(
            filePrefix: filePrefix, runtimeDirectory: runtimeDirectory, hugepageDirectories: hugepageDirectories)
        if succeeded { cdpdk_stop_services() }
        // In a secondary, the cleanup could reset devices of the primary.
        if role == .primary, succeeded { _ = cdpdk_eal_cleanup() }
        files.releaseLocks()
        if role == .primary {
            if !GroupConfiguration.giveUpLock(in: runtimeDirectory), !files.areUsed(locks) { files.remove() }
        } else {
            files.removeOwn()
        }
        Pinning.end()
    }

    private mutating func enter(
        _ role: EALArguments.Role, _ arguments: EALArguments, _ preflight: Preflight, locks: RecordLocks, lcores: [Int]
    ) throws(DPDKError) -> Member {
        let startTime = cdpdk_monotonic_nanoseconds()
        let logStart = cdpdk_log_count()
        let isPrimary = role == .primary
        do throws(DPDKError) {
            let registry =
                isPrimary
                ? try startPrimary(arguments, preflight, locks, since: logStart)
                : try startSecondary(arguments, preflight, locks)
            if !isPrimary, registry.hasPrimary { try registry.awaitSweeps(of: lcores) }
            let name = EALArguments.name(of: CommandLine.arguments.first ?? "")
            let holder = try registry.attach(
                role: UInt32(isPrimary ? CDPDK_ROLE_PRIMARY : CDPDK_ROLE_SECONDARY), pid: getpid(), name: name,
                lcores: lcores)
            let member = Member(
                role: role, filePrefix: arguments.filePrefix, registry: registry, locks: locks, holder: holder,
                identity: registry.identity(of: holder), lcores: lcores, startTime: startTime,
                hugepageDirectories: hugepageDirectories,
                primaryWasSilent: !isPrimary && Self.primaryWasSilent(since: logStart))
            do throws(DPDKError) {
                // A primary that ends looks for attached processes under the lock that attaching takes. So either it
                // has seen this process and leaves the group's files, or it is gone by now.
                if !isPrimary, registry.hasPrimary, locks.holder(of: .slot(0)) == nil {
                    throw preflight.primaryDead
                }
                try registry.withSetUpLock { () throws(DPDKError) in
                    unsafe cdpdk_packets_open(registry.base, holder.word, isPrimary, registry.hasPrimary)
                    try Arena.open(registry, slot: holder.slot)
                }
                if !isPrimary, !cdpdk_primary_is_alive() { throw preflight.primaryDead }
                try member.startWatching()
            } catch {
                registry.detach(holder)
                throw error
            }
            return member
        } catch {
            // A dead primary is the reason for all other failures; only options are refused before EAL looks for it.
            let isKnown = role == .primary || error.code == .malformedOption || !wasCalled
            throw isKnown || cdpdk_primary_is_alive() ? error : preflight.primaryDead
        }
    }

    private mutating func startPrimary(
        _ arguments: EALArguments, _ preflight: Preflight, _ locks: RecordLocks, since logStart: UInt64
    ) throws(DPDKError) -> Registry {
        cdpdk_load_libraries()
        try initializeEAL(arguments, preflight)
        let configuration = preflight.runtimeDirectory + "/config"
        unsafe cdpdk_memlock_find(configuration)
        unsafe cdpdk_heap_find(configuration)
        try Self.checkDevices(arguments, since: logStart)
        let registry = try Registry.open(asPrimary: true, locks: locks, arenas: try Arena.reserveFirstChunks())
        unsafe cdpdk_zonelock_find(configuration)
        return registry
    }

    private mutating func startSecondary(
        _ arguments: EALArguments, _ preflight: Preflight, _ locks: RecordLocks
    ) throws(DPDKError) -> Registry {
        try locks.whileStarting { () throws(DPDKError) in
            // The group may have ended while this process waited. For a new primary, EAL would wait without end.
            guard locks.isStill(in: preflight.runtimeDirectory), try preflight.isPrimaryReady() else {
                throw preflight.primaryDead
            }
            try initializeEAL(arguments, preflight)
            // A process that is killed leaves that memory taken.
            cdpdk_give_up_services()
            return try Registry.open(asPrimary: false, locks: locks, arenas: [])
        }
    }

    private mutating func initializeEAL(_ arguments: EALArguments, _ preflight: Preflight) throws(DPDKError) {
        wasCalled = true
        Pinning.begin(arguments.lcores ?? [], on: preflight.machine)
        try Self.initializeEAL(arguments)
        succeeded = true
    }

    /// Throws `.deviceFailed` for a virtual device that did not come up; EAL itself goes on without it.
    ///
    /// A secondary gets its devices from the primary.
    private static func checkDevices(_ arguments: EALArguments, since logStart: UInt64) throws(DPDKError) {
        for device in arguments.devices {
            let name = String(device.prefix { $0 != "," })
            guard unsafe !cdpdk_device_is_up(name) else { continue }
            throw DPDKError(
                .deviceFailed, "device '\(name)'", "EAL could not set it up as '\(device)'",
                remedy: "Check its parameters against the driver's documentation; --log-level=pmd:debug shows more",
                log: EALLog.lines(since: logStart))
        }
    }

    /// Whether the primary did not answer the question for its devices while EAL was starting here.
    private static func primaryWasSilent(since start: UInt64) -> Bool {
        EALLog.lines(since: start, atMost: 128).contains { $0.contains("Failed to request vdev from primary") }
    }

    /// Takes the primary's slot, so that secondaries know at once that a primary with this library is starting.
    ///
    /// It is refused while secondaries of a dead primary run: a new primary would give the memory that they use to
    /// others.
    private static func takePrimarySlot(_ locks: RecordLocks, _ runtimeDirectory: String) throws(DPDKError) {
        guard locks.take(.slot(0)) else {
            throw DPDKError(
                .primaryAlreadyRunning, "group of '\(locks.path)'", "another primary is starting",
                remedy: "Choose another --file-prefix, or start this process as a secondary",
                holders: [ProcessIdentity(pid: locks.holder(of: .slot(0)) ?? 0)])
        }
        var orphans: [Int32] = []
        let deadline = ContinuousClock.now + .milliseconds(500)
        repeat {
            orphans = (1..<Registry.processCount).compactMap { locks.holder(of: .slot($0)) }
            if orphans.isEmpty { orphans = GroupFiles.memoryUsers(in: runtimeDirectory) }
            if orphans.isEmpty { return }
            cdpdk_sleep_microseconds(10_000)
        } while ContinuousClock.now < deadline
        locks.release(.slot(0))
        let processes = orphans.map { ProcessIdentity(pid: $0) }
        throw DPDKError(
            .secondariesStillAttached, "group of '\(locks.path)'",
            "its primary is gone, but its secondaries still run:"
                + " \(processes.map(\.description).joined(separator: ", "))",
            remedy: "End these processes first: a new primary would give the memory that they use to others",
            holders: processes)
    }

    /// Waits until a primary that has begun to start a moment earlier can be attached to.
    private static func awaitPrimary(_ preflight: Preflight, _ locks: RecordLocks) throws(DPDKError) {
        let early: Set<DPDKError.Code> = [.noPrimary, .primaryDead, .primaryDiedWhileStarting, .primaryStillStarting]
        let deadline = ContinuousClock.now + preflight.patience
        var attempt = preflight
        while true {
            attempt.patience = max(.zero, ContinuousClock.now.duration(to: deadline))
            do throws(DPDKError) {
                try attempt.check(.secondary)
                return
            } catch {
                guard early.contains(error.code), let pid = locks.holder(of: .slot(0)) else { throw error }
                guard ContinuousClock.now < deadline else {
                    throw preflight.stillStarting(ProcessIdentity(pid: pid), after: preflight.patience)
                }
                cdpdk_sleep_microseconds(5_000)
            }
        }
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
        // The signals that ask for an end are not for EAL's threads, which inherit what is blocked now.
        var before = StopSignal.block()
        let status = unsafe cdpdk_eal_init(CInt(words.count), pointers)
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard status < 0 else { return }
        throw EALFailure.error(RTEErrno.current, log: EALLog.lines(since: logStart), arguments)
    }
}

// MARK: - Lcores

extension EALStart {
    /// Takes the lcore ids that the arguments name, or the lowest free one if they name none.
    private static func takeLcores(
        _ arguments: inout EALArguments, _ locks: RecordLocks, _ machine: Machine
    ) throws(DPDKError) -> [Int] {
        let wanted = if let lcores = arguments.lcores { lcores } else { try unstatedLcores(arguments, locks, machine) }
        arguments.lcores = wanted
        if arguments.mainLcore == nil, let services = arguments.serviceLcores {
            // EAL would take the lowest id as the main lcore, even if it is a service lcore.
            arguments.mainLcore = wanted.map(\.id).filter { !services.contains($0) }.min()
        }
        for id in wanted.map(\.id) where !locks.take(.lcore(id)) {
            let holder = ProcessIdentity(pid: locks.holder(of: .lcore(id)) ?? 0)
            for other in wanted { locks.release(.lcore(other.id)) }
            let free = (0..<machine.lcoreLimit).first { locks.holder(of: .lcore($0)) == nil && $0 != id } ?? 0
            throw DPDKError(
                .lcoreInUse, "lcore \(id)",
                "\(holder) has this id, and no two processes of a group may share one",
                remedy: "Give each process of the group its own ids, for instance"
                    + " --lcores \(free)@\(wanted[0].cpus.first ?? 0)",
                holders: [holder])
        }
        return wanted.map(\.id)
    }

    /// The lcores if the arguments state none: the service lcores and the main one, each on a CPU of this process.
    ///
    /// A main id that is chosen here is also taken here. A primary without this library locks no ids, and usually has
    /// low ones: if no primary with this library runs, the highest free id is chosen.
    private static func unstatedLcores(
        _ arguments: EALArguments, _ locks: RecordLocks, _ machine: Machine
    ) throws(DPDKError) -> [LcoreAssignment] {
        let services = arguments.serviceLcores ?? []
        let ids = Array(0..<machine.lcoreLimit)
        let isAlone = arguments.role == .secondary && locks.holder(of: .slot(0)) == nil
        let main =
            arguments.mainLcore
            ?? (isAlone ? ids.reversed() : ids).first { !services.contains($0) && locks.take(.lcore($0)) }
        guard let main else {
            throw DPDKError(
                .lcoreInUse, "lcores", "other processes of the group have all \(ids.count) lcore ids",
                remedy: "End processes that are no longer needed")
        }
        let cpus = machine.cpus.isEmpty ? [0] : machine.cpus
        return ([main] + services).sorted().map { LcoreAssignment(id: $0, cpus: [cpus[$0 % cpus.count]]) }
    }
}
