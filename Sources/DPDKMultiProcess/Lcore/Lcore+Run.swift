internal import CDPDK
internal import Glibc
internal import Synchronization

extension Lcore {
    /// Runs `body` on this worker, with a state that it owns until it is joined.
    ///
    /// A closure cannot consume what it has captured, so noncopyable things (ends of rings, queues, bursts) get to
    /// another thread as this state:
    ///
    ///     let task = try primary.workers[0].run(consuming: consumer) { consumer in
    ///         while !StopSignal.isRaised { … }
    ///     }
    ///     let consumer = task.join()
    ///
    /// - Parameters:
    ///   - state: What the work owns; for several things, make a noncopyable structure of your own.
    ///   - body: The work. ``Task/join()`` throws what it throws.
    /// - Returns: The task, which occupies the lcore until it is joined or its scope ends.
    /// - Throws: `.noSuchLcore` for the main lcore or an lcore of another process, `.lcoreBusy` if the lcore has a
    ///   task, and `.shutDown`. The state is released then, with everything that it owned.
    ///
    /// Any thread may call this, and it does not wait for the work. The corresponding C function is
    /// `rte_eal_remote_launch`.
    public func run<State: ~Copyable, Failure: Error>(
        consuming state: consuming sending State,
        _ body: @escaping @Sendable (inout State) throws(Failure) -> Void
    ) throws(DPDKError) -> Lcore.Task<State, Failure> {
        let box = LcoreBox<State, Failure>(state, body)
        try Member.whileRunning { (member) throws(DPDKError) in
            guard member.lcores.contains(id), !isMain else {
                throw DPDKError(
                    .noSuchLcore, "lcore \(id)",
                    isMain
                        ? "it is the main lcore, which runs the program itself" : "it does not belong to this process",
                    remedy: "Choose one of the process's `workers`")
            }
            try LcoreWork.launch(on: self) { box.run() }
        }
        return Lcore.Task(lcore: self, box: box)
    }
}

extension Lcore {
    /// Work that runs on a worker lcore.
    ///
    /// Join it to get the state back. At the end of its scope, an unjoined task waits for the end of the work, so that
    /// the work's state outlives it.
    public struct Task<State: ~Copyable, Failure: Error>: ~Copyable {
        /// The lcore that the work runs on.
        public let lcore: Lcore
        private let box: LcoreBox<State, Failure>

        fileprivate init(lcore: Lcore, box: LcoreBox<State, Failure>) {
            self.lcore = lcore
            self.box = box
        }

        /// Whether the work has ended, so that ``join()`` will not wait.
        public var isFinished: Bool { !cdpdk_lcore_is_running(UInt32(lcore.id)) }

        /// Waits for the end of the work.
        ///
        /// - Returns: The state.
        /// - Throws: What the work threw; its state is released then.
        ///
        /// The corresponding C function is `rte_eal_wait_lcore`.
        public consuming func join() throws(Failure) -> State {
            LcoreWork.waitForEnd(on: lcore)
            return try box.takeResult()
        }

        deinit { LcoreWork.waitForEnd(on: lcore) }
    }
}

/// Which workers have work, for tasks of all types.
private enum LcoreWork {
    /// The lcores whose tasks have not been joined.
    private static let taken = Mutex<Set<Int>>([])

    /// Gives work to a worker, which has it until `waitForEnd(on:)`, or throws `.lcoreBusy`.
    static func launch(on lcore: Lcore, _ body: @escaping @Sendable () -> Void) throws(DPDKError) {
        try taken.withLock { (taken) throws(DPDKError) in
            let status =
                taken.contains(lcore.id)
                ? -EBUSY
                : unsafe Work.hand(body) { work in
                    unsafe cdpdk_remote_launch(
                        { work in
                            unsafe Work.run(work)
                            return 0
                        }, work, UInt32(lcore.id))
                }
            guard status == 0 else {
                throw DPDKError(
                    .lcoreBusy, "lcore \(lcore.id)", "it has a task already", remedy: "Join that task first",
                    underlying: RTEErrno(rawValue: status))
            }
            taken.insert(lcore.id)
        }
    }

    /// Waits for the end of the work, after which the lcore can be given more.
    static func waitForEnd(on lcore: Lcore) {
        while cdpdk_lcore_is_running(UInt32(lcore.id)) { cdpdk_sleep_microseconds(50) }
        _ = taken.withLock { $0.remove(lcore.id) }
    }
}

/// The state of a task. The lcore uses it until the work has ended, and the joining thread afterwards.
private final class LcoreBox<State: ~Copyable, Failure: Error>: @unchecked Sendable {
    private var state: State?
    private var failure: Failure?
    private let body: @Sendable (inout State) throws(Failure) -> Void

    init(_ state: consuming State, _ body: @escaping @Sendable (inout State) throws(Failure) -> Void) {
        self.state = consume state
        self.body = body
    }

    func run() {
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
