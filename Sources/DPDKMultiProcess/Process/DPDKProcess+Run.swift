extension PrimaryProcess {
    /// Starts EAL as the primary of a group, runs `body`, and shuts down whatever happens.
    ///
    ///     try PrimaryProcess.run(EALArguments(filePrefix: "shop")) { primary in
    ///         let ring = try SharedRing<UInt64>(creating: "orders", capacity: 1023, in: primary)
    ///         var orders = try ring.makeProducer()
    ///         while !StopSignal.isRaised { … }
    ///     }
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` from before EAL starts until after the shutdown, instead of ending the
    /// process. The body looks at the flag and returns.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: The program's work. Ends, bursts and packets that it makes must be gone when it returns.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws; what the body threw; if the body threw nothing, what
    ///   ``DPDKProcess/shutdown()`` throws.
    ///
    /// The body runs on the calling thread, which becomes the main lcore; ``DPDKProcess`` says what that means for
    /// Swift's tasks.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (PrimaryProcess) throws -> Result
    ) throws -> Result {
        try runToShutdown({ try PrimaryProcess(arguments) }, { $0 }, body)
    }
}

extension SecondaryProcess {
    /// Attaches to the running primary of a group, runs `body`, and shuts down whatever happens.
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` from before EAL starts until after the shutdown, instead of ending the
    /// process. The body looks at the flag and returns.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: The program's work. Ends, bursts and packets that it makes must be gone when it returns.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws; what the body threw; if the body threw nothing, what
    ///   ``DPDKProcess/shutdown()`` throws.
    ///
    /// The body runs on the calling thread, which becomes the main lcore; ``DPDKProcess`` says what that means for
    /// Swift's tasks.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (SecondaryProcess) throws -> Result
    ) throws -> Result {
        try runToShutdown({ try SecondaryProcess(arguments) }, { $0 }, body)
    }
}

extension AutoProcess {
    /// Starts EAL in the role that `--proc-type` states, or else in the role that is free in the group, runs `body`,
    /// and shuts down whatever happens.
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` from before EAL starts until after the shutdown, instead of ending the
    /// process. The body looks at the flag and returns.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: The program's work. Ends, bursts and packets that it makes must be gone when it returns.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws; what the body threw; if the body threw nothing, what
    ///   ``DPDKProcess/shutdown()`` throws.
    ///
    /// The body runs on the calling thread, which becomes the main lcore; ``DPDKProcess`` says what that means for
    /// Swift's tasks.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (AutoProcess) throws -> Result
    ) throws -> Result {
        try runToShutdown({ try AutoProcess(arguments) }, \.process, body)
    }
}

/// Starts, runs the body and shuts down.
///
/// The signals are caught from before the start until after the shutdown: a process that they ended in between would
/// leave the group's files on disk.
private func runToShutdown<Started, Result: ~Copyable>(
    _ start: () throws -> Started, _ process: (Started) -> DPDKProcess, _ body: (Started) throws -> Result
) throws -> Result {
    let before = StopSignal.install()
    defer { StopSignal.restore(before) }
    let started = try start()
    let result: Result
    do {
        result = try body(started)
    } catch {
        try? process(started).shutdown()
        throw error
    }
    try process(started).shutdown()
    return result
}
