internal import CDPDK
internal import Synchronization

extension Lcore {
    /// Runs `body` on this worker, with a state that it owns meanwhile and that comes back at the join.
    ///
    /// The state is how noncopyable things (ends of rings, queues, bursts) get to another thread: a closure cannot
    /// consume what it has captured.
    ///
    ///     let task = try primary.workers[0].run(consuming: consumer) { consumer in
    ///         while !stop.load(ordering: .relaxed) { … }
    ///     }
    ///     let consumer = try task.join()
    ///
    /// Throws `.noSuchLcore` for the main lcore or one of another process, `.lcoreBusy` where it runs something
    /// already, and `.shutDown`; the state is gone then, with everything that it owned released. The corresponding C
    /// function is `rte_eal_remote_launch`.
    public func run<State: ~Copyable, Failure: Error>(
        consuming state: consuming sending State,
        _ body: @escaping @Sendable (inout State) throws(Failure) -> Void
    ) throws(DPDKError) -> Lcore.Task<State, Failure> {
        let box = LcoreBox<State, Failure>(state, body)
        try Member.whileRunning { (member) throws(DPDKError) in
            guard member.lcores.contains(id), !isMain else {
                throw DPDKError(
                    .noSuchLcore, "lcore \(id)",
                    isMain ? "it is the main lcore, which runs the caller" : "it is none of this process's",
                    remedy: "Use one of the process's workers")
            }
            try box.launch(on: self)
        }
        return Lcore.Task(lcore: self, box: box)
    }
}

extension Lcore {
    /// Work that runs on a worker lcore.
    ///
    /// Join it to get the state back; dropping it waits for the end of the work all the same, so that nothing that the
    /// work uses ends before it.
    public struct Task<State: ~Copyable, Failure: Error>: ~Copyable {
        /// Where it runs.
        public let lcore: Lcore
        private let box: LcoreBox<State, Failure>

        fileprivate init(lcore: Lcore, box: LcoreBox<State, Failure>) {
            self.lcore = lcore
            self.box = box
        }

        /// Whether the work has ended, so that `join()` will not wait.
        public var isFinished: Bool { box.hasEnded }

        /// Waits for the end of the work and returns its state, or throws what the work threw.
        ///
        /// Where the work threw, its state is released. The corresponding C function is `rte_eal_wait_lcore`.
        public consuming func join() throws(Failure) -> State {
            box.waitForEnd(on: lcore)
            return try box.takeResult()
        }

        deinit { box.waitForEnd(on: lcore) }
    }
}

/// What an lcore is given to run, without the types of its state and its error.
class LcoreWork: @unchecked Sendable {
    private let isFinished = Atomic(false)

    /// What each lcore runs or has run last, where it was not waited for.
    private static let latest = Mutex<[Int: LcoreWork]>([:])

    func run() { preconditionFailure("LcoreWork is abstract") }

    final var hasEnded: Bool { isFinished.load(ordering: .acquiring) }

    /// Gives the work to a worker, or throws `.lcoreBusy`.
    final func launch(on lcore: Lcore) throws(DPDKError) {
        try Self.latest.withLock { (latest) throws(DPDKError) in
            // An lcore is ready for more a moment after the end of what it ran.
            if latest[lcore.id]?.hasEnded ?? false { _ = cdpdk_wait_lcore(UInt32(lcore.id)) }
            let argument = unsafe Unmanaged.passRetained(self).toOpaque()
            let status = unsafe cdpdk_remote_launch(
                { argument in
                    guard let argument = unsafe argument else { return 0 }
                    let work = unsafe Unmanaged<LcoreWork>.fromOpaque(argument).takeRetainedValue()
                    work.run()
                    work.isFinished.store(true, ordering: .releasing)
                    return 0
                }, argument, UInt32(lcore.id))
            guard status == 0 else {
                unsafe Unmanaged<LcoreWork>.fromOpaque(argument).release()
                throw DPDKError(
                    .lcoreBusy, "lcore \(lcore.id)", "it runs something already", remedy: "Join its task first",
                    underlying: RTEErrno(rawValue: status))
            }
            latest[lcore.id] = self
        }
    }

    /// Waits for the end of this work, and not for that of what the lcore was given after it.
    final func waitForEnd(on lcore: Lcore) {
        while !hasEnded { cdpdk_sleep_microseconds(50) }
        Self.latest.withLock { latest in
            guard latest[lcore.id] === self else { return }
            _ = cdpdk_wait_lcore(UInt32(lcore.id))
            latest[lcore.id] = nil
        }
    }
}

/// The state of a task. The lcore uses it until the work has ended, the joining thread afterwards.
private final class LcoreBox<State: ~Copyable, Failure: Error>: LcoreWork, @unchecked Sendable {
    private var state: State?
    private var failure: Failure?
    private let body: @Sendable (inout State) throws(Failure) -> Void

    init(_ state: consuming State, _ body: @escaping @Sendable (inout State) throws(Failure) -> Void) {
        self.state = consume state
        self.body = body
    }

    override func run() {
        if var state = self.state.take() {
            do throws(Failure) {
                try body(&state)
            } catch {
                failure = error
            }
            self.state = consume state
        }
    }

    func takeResult() throws(Failure) -> State {
        let state = self.state.take()
        if let failure { throw failure }
        guard let state else { preconditionFailure("the state of a task was taken twice") }
        return state
    }
}
