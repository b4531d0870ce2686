internal import CDPDK

extension EthPort {
    /// Takes a receive queue, which one live process has at a time.
    ///
    /// The port must run. If a dead process held the queue, this waits up to a second until the primary has freed it.
    ///
    /// - Parameter index: The queue's index, from 0 on.
    /// - Returns: The queue; it is free for the next process when it goes out of scope.
    /// - Throws: `.noSuchPort`, `.noSuchQueue`, `.portStopped`, `.endpointInUse` with the holder, `.registryFull`,
    ///   `.setUpLockTimeout`, `.destroyed` or `.shutDown`; in a secondary also `.unsupportedByDriver` for drivers that
    ///   cannot receive there, and `.portConfiguredLater` if the primary configured the port after this process attached.
    ///
    /// Any thread may call it. No C function corresponds: C does not say who uses a queue.
    public func makeReceiveQueue(_ index: Int) throws(DPDKError) -> ReceiveQueue {
        let claim = try claim(.receiveQueue, "receive queue", index)
        return ReceiveQueue(port: UInt16(id), queue: UInt16(index), claim: claim)
    }

    /// Takes a transmit queue, which one live process has at a time.
    ///
    /// The port must run. If a dead process held the queue, this waits up to a second until the primary has freed it.
    ///
    /// - Parameter index: The queue's index, from 0 on.
    /// - Returns: The queue; it is free for the next process when it goes out of scope.
    /// - Throws: `.noSuchPort`, `.noSuchQueue`, `.portStopped`, `.endpointInUse` with the holder, `.registryFull`,
    ///   `.setUpLockTimeout`, `.destroyed` or `.shutDown`; in a secondary also `.unsupportedByDriver` for drivers that
    ///   cannot transmit there, and `.portConfiguredLater` if the primary configured the port after this process attached.
    ///
    /// Any thread may call it. No C function corresponds: C does not say who uses a queue.
    public func makeTransmitQueue(_ index: Int) throws(DPDKError) -> TransmitQueue {
        let claim = try claim(.transmitQueue, "transmit queue", index)
        return TransmitQueue(port: UInt16(id), queue: UInt16(index), claim: claim)
    }

    private func claim(_ kind: End.Kind, _ noun: String, _ index: Int) throws(DPDKError) -> Claim {
        let what = "\(noun) \(index) of \(attachment.what)"
        try checkQueue(kind, index, what)
        let claim = try attachment.claim(End(kind: kind, index: UInt32(index)), named: what)
        do throws(DPDKError) {
            // Only from the claim on does the primary leave the port as it is.
            try checkQueue(kind, index, what)
        } catch {
            claim.release()
            throw error
        }
        return claim
    }

    /// Throws where the port has no such queue, or none that this process may use.
    private func checkQueue(_ kind: End.Kind, _ index: Int, _ what: String) throws(DPDKError) {
        let information = try information()
        let count = kind == .receiveQueue ? information.receiveQueueCount : information.transmitQueueCount
        let (configuration, state) = try noted()
        let hasPrimary = try Member.whileRunning { $0.registry.hasPrimary }
        // Some drivers have queues before they are configured; what only a process without the library knows is
        // believed.
        guard configuration != .failed, count > 0, configuration != .none || !hasPrimary else {
            throw DPDKError(
                .noSuchQueue, what,
                configuration == .failed ? "the port's last configuration failed" : "the port is not configured",
                remedy: "Configure the port in the primary first")
        }
        guard (0..<count).contains(index) else {
            throw DPDKError(
                .noSuchQueue, what, "the port has \(count) of them",
                remedy: DPDKError.choice(0, count - 1) + ", or configure more")
        }
        if !cdpdk_is_primary() { try checkSecondaryQueue(kind, what, configuration) }
        guard configuration == .none || state.isRunning else {
            throw DPDKError(
                .portStopped, what, "the port does not run, and a driver may not be asked for packets then",
                remedy: "Start the port in the primary first")
        }
    }

    private func checkSecondaryQueue(
        _ kind: End.Kind, _ what: String, _ configuration: Registry.PortConfigurationState
    ) throws(DPDKError) {
        let port = UInt16(id)
        let hasFunction = kind == .receiveQueue ? cdpdk_port_can_receive(port) : cdpdk_port_can_transmit(port)
        let problem = traits.secondaryProblem ?? (hasFunction ? nil : "it has set no function for it in this process")
        if let problem {
            throw DPDKError(
                .unsupportedByDriver, what, "the driver cannot be used from a secondary: \(problem)",
                remedy: "Use the port in the primary, or another driver")
        }
        guard case .at(let time) = configuration else { return }
        // A secondary takes the queues' addresses when it attaches.
        if time >= (try attachment.member().startTime) {
            throw DPDKError(
                .portConfiguredLater, what, "the primary configured the port after this process had attached",
                remedy: "Start this process anew")
        }
    }
}
