extension PrimaryProcess {
    /// Starts EAL as the primary of a group, runs `body`, and shuts down whatever happens.
    ///
    ///     try PrimaryProcess.run(EALArguments(filePrefix: "shop")) { primary in
    ///         let ring = try SharedRing<UInt64>(creating: "orders", capacity: 1023, in: primary)
    ///         var orders = try ring.makeProducer()
    ///         while !StopSignal.isRaised { … }
    ///     }
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` meanwhile, EAL's start included, instead of ending the process: the body
    /// looks at it and returns. The body runs on the calling thread, which is the main lcore; what a loop on it means
    /// for Swift's tasks, ``DPDKProcess`` says.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: What the program does. Ends, bursts and packets that it makes must be gone when it returns.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws; what the body threw; if it threw nothing, what ``DPDKProcess/shutdown()``
    ///   throws.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (PrimaryProcess) throws -> Result
    ) throws -> Result {
        try runToShutdown({ try PrimaryProcess(arguments) }, { $0 }, body)
    }
}

extension SecondaryProcess {
    /// Attaches to the running primary of a group, runs `body`, and shuts down whatever happens.
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` meanwhile, EAL's start included, instead of ending the process: the body
    /// looks at it and returns. The body runs on the calling thread, which is the main lcore; what a loop on it means
    /// for Swift's tasks, ``DPDKProcess`` says.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: What the program does. Ends, bursts and packets that it makes must be gone when it returns.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws; what the body threw; if it threw nothing, what ``DPDKProcess/shutdown()``
    ///   throws.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (SecondaryProcess) throws -> Result
    ) throws -> Result {
        try runToShutdown({ try SecondaryProcess(arguments) }, { $0 }, body)
    }
}

extension AutoProcess {
    /// Starts EAL in the role that `--proc-type` states, or in the one that the group has free, runs `body`, and shuts
    /// down whatever happens.
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` meanwhile, EAL's start included, instead of ending the process: the body
    /// looks at it and returns. The body runs on the calling thread, which is the main lcore; what a loop on it means
    /// for Swift's tasks, ``DPDKProcess`` says.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: What the program does. Ends, bursts and packets that it makes must be gone when it returns.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws; what the body threw; if it threw nothing, what ``DPDKProcess/shutdown()``
    ///   throws.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (AutoProcess) throws -> Result
    ) throws -> Result {
        try runToShutdown({ try AutoProcess(arguments) }, \.process, body)
    }
}

/// Starts, runs the body and shuts down; the signals that ask for an end are taken from before the start, whose traces
/// they would leave on disk, to after the shutdown.
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
