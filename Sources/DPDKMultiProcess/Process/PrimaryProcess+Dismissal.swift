internal import CDPDK

extension PrimaryProcess {
    /// Asks the secondaries to leave, and waits until they have left or died.
    ///
    /// From now on ``SecondaryProcess/isGroupEnding`` is true in each of them, and in those that attach later; it
    /// cannot be taken back. A primary with ports calls this before its shutdown, which is refused while a secondary
    /// holds a queue:
    ///
    ///     for process in try primary.dismissSecondaries(within: .seconds(3)) { print("\(process) is still there") }
    ///
    /// Processes without this library are neither asked nor waited for. There is no corresponding C function.
    ///
    /// - Parameter limit: How long to wait at most. It should be long enough for the secondaries to empty their rings.
    /// - Returns: The secondaries that are still attached, a stopped one for instance; empty if all have gone.
    /// - Throws: `.registryCorrupted` or `.shutDown`.
    public func dismissSecondaries(within limit: Duration) throws(DPDKError) -> [ProcessIdentity] {
        let deadline = ContinuousClock.now + limit
        try Member.whileRunning { (member) throws(DPDKError) in member.registry.beginEnding() }
        while true {
            let others = try processes().filter { $0 != identity }
            if others.isEmpty || ContinuousClock.now >= deadline { return others }
            cdpdk_sleep_microseconds(2_000)
        }
    }
}
