internal import CDPDK
internal import Synchronization

extension Member {
    /// How often the primary looks for processes that died, in microseconds.
    private static let probeInterval: UInt32 = 15_000

    private static let shouldSweep = Atomic(true)
    private static let sweeper = Mutex<ControlThread?>(nil)

    /// Starts the thread on which the primary frees what dead processes have left.
    func startSweeping() throws(DPDKError) {
        try Self.sweeper.withLock { (sweeper) throws(DPDKError) in
            sweeper = try ControlThread(uncounted: "dpdkmp-control") {
                while Self.shouldSweep.load(ordering: .relaxed) {
                    self.registry.releaseTheDead(except: self.holder)
                    cdpdk_sleep_microseconds(Self.probeInterval)
                }
            }
        }
    }

    /// Ends the thread and waits for its end, so that it no longer touches shared memory.
    func stopSweeping() {
        Self.shouldSweep.store(false, ordering: .relaxed)
        Self.sweeper.withLock { $0 = nil }
    }
}
