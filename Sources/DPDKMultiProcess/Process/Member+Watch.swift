internal import CDPDK
internal import Synchronization

extension Member {
    /// How often each process looks after the others of its group, in microseconds.
    private static let interval: UInt32 = 10_000

    private static let shouldWatch = Atomic(true)
    private static let watcher = Mutex<ControlThread?>(nil)
    /// The primary's thread for damaged queues, from the first one on.
    private static let repairer = Mutex<ControlThread?>(nil)

    /// Starts the thread on which a process looks after the others: the primary frees what dead processes have left,
    /// and a secondary sees the end of its primary.
    func startWatching() throws(DPDKError) {
        SecondaryProcess.primaryIsAlive.store(role == .secondary, ordering: .relaxed)
        SecondaryProcess.groupIsEnding.store(registry.isEnding, ordering: .relaxed)
        try Self.watcher.withLock { (watcher) throws(DPDKError) in
            watcher = try ControlThread(uncounted: "dpdkmp-control") {
                var repair = MemoryLockRepair()
                var lockRepairs = EALLock.allCases.map { LockRepair($0) }
                var keeper = ArenaKeeper()
                defer { repair.end(self) }
                // A reservation may wait for a lock that is repaired here.
                while Self.shouldWatch.load(ordering: .relaxed) || keeper.isReserving {
                    if self.role == .secondary {
                        self.watchPrimary()
                    } else {
                        self.registry.releaseTheDead(except: self.holder)
                        repair.look(self)
                        for index in lockRepairs.indices { lockRepairs[index].look(self) }
                        keeper.look(self.registry)
                        if !self.registry.damagedQueues().isEmpty { self.startRepairing() }
                    }
                    self.peers.look()
                    cdpdk_sleep_microseconds(Self.interval)
                }
            }
        }
    }

    private func startRepairing() {
        Self.repairer.withLock { repairer in
            guard repairer == nil else { return }
            repairer = try? ControlThread(uncounted: "dpdkmp-repair") {
                var repair = QueueRepair()
                while Self.shouldWatch.load(ordering: .relaxed) {
                    repair.look(self)
                    cdpdk_sleep_microseconds(Self.interval)
                }
            }
        }
    }

    /// Ends the threads and waits for their end, so that they no longer touch shared memory.
    func stopWatching() {
        Self.shouldWatch.store(false, ordering: .relaxed)
        Self.watcher.withLock { $0 = nil }
        Self.repairer.withLock { $0 = nil }
        Self.noteEnd()
        peers.finish()
    }

    /// A primary that has gone never comes back: nobody takes its place while this process is attached.
    private func watchPrimary() {
        if registry.hasPrimary ? peers.isPrimaryGone : !cdpdk_primary_is_alive() { Self.noteEnd() }
        if registry.isEnding { SecondaryProcess.groupIsEnding.store(true, ordering: .relaxed) }
    }

    private static func noteEnd() {
        cdpdk_packets_abandon()
        SecondaryProcess.primaryIsAlive.store(false, ordering: .relaxed)
        SecondaryProcess.groupIsEnding.store(true, ordering: .relaxed)
    }
}
