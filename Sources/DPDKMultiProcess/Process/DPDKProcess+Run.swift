extension PrimaryProcess {
    /// Starts EAL as the primary of a group, runs `body`, and shuts down whatever happens.
    ///
    ///     try PrimaryProcess.run(EALArguments(filePrefix: "shop")) { primary in
    ///         let ring = try SharedRing<UInt64>(creating: "orders", capacity: 1023, in: primary)
    ///         var orders = try ring.makeProducer()
    ///         while !StopSignal.isRaised { … }
    ///     }
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` meanwhile instead of ending the process; the body looks at it and
    /// returns.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: What the program does. It must not keep ends, bursts or packets beyond its return.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws, what the body threw, or else what ``DPDKProcess/shutdown()`` throws.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (PrimaryProcess) throws -> Result
    ) throws -> Result {
        let primary = try PrimaryProcess(arguments)
        return try primary.shuttingDown { try body(primary) }
    }
}

extension SecondaryProcess {
    /// Attaches to the running primary of a group, runs `body`, and shuts down whatever happens.
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` meanwhile instead of ending the process; the body looks at it and
    /// returns.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: What the program does. It must not keep ends, bursts or packets beyond its return.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws, what the body threw, or else what ``DPDKProcess/shutdown()`` throws.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (SecondaryProcess) throws -> Result
    ) throws -> Result {
        let secondary = try SecondaryProcess(arguments)
        return try secondary.shuttingDown { try body(secondary) }
    }
}

extension AutoProcess {
    /// Starts EAL in the role that `--proc-type` states, or in the one that the group has free, runs `body`, and shuts
    /// down whatever happens.
    ///
    /// SIGINT and SIGTERM raise ``StopSignal`` meanwhile instead of ending the process; the body looks at it and
    /// returns.
    ///
    /// - Parameters:
    ///   - arguments: EAL's options.
    ///   - body: What the program does. It must not keep ends, bursts or packets beyond its return.
    /// - Returns: What the body returned.
    /// - Throws: What ``init(_:)`` throws, what the body threw, or else what ``DPDKProcess/shutdown()`` throws.
    public static func run<Result: ~Copyable>(
        _ arguments: EALArguments, _ body: (AutoProcess) throws -> Result
    ) throws -> Result {
        let auto = try AutoProcess(arguments)
        return try auto.process.shuttingDown { try body(auto) }
    }
}

extension DPDKProcess {
    fileprivate final func shuttingDown<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
        let before = StopSignal.install()
        defer { StopSignal.restore(before) }
        let result: Result
        do {
            result = try body()
        } catch {
            try? shutdown()
            throw error
        }
        try shutdown()
        return result
    }
}
