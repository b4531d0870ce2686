internal import CDPDK

extension EthPort {
    /// Takes a receive queue, which one live process has at a time.
    ///
    /// - Parameter index: The queue's index, from 0 on.
    /// - Returns: The queue.
    /// - Throws: `.noSuchPort`; `.noSuchQueue`; `.endpointInUse`, which names the live process that has the queue, or,
    ///   if a process was killed while it had the queue, those that have to give up others of the port before the queue
    ///   can be restarted; `.portStopped` while the port does not run; `.registryFull`, `.setUpLockTimeout`,
    ///   `.destroyed` or `.shutDown`; in a secondary also `.unsupportedByDriver` for drivers that cannot receive there,
    ///   and for `net_tap`, whose queue would be left with packets of others by a kill; and `.portConfiguredLater` if
    ///   the primary configured the port, or started one of `net_memif`, after this process attached.
    ///
    /// This is for set-up. If a dead process held the queue, this waits until the primary has freed it, after the
    /// process's packets, and has restarted it if its driver demands that: some 20 ms, and a second at most. Any thread
    /// may call it. There is no corresponding C function: C does not check that a queue has only one user.
    public func makeReceiveQueue(_ index: Int) throws(DPDKError) -> ReceiveQueue {
        let driver = try driver(.receiveQueue)
        let pool = try attachment.member().registry.pool(of: attachment.reference)
        let claim = try claim(.receiveQueue, "receive queue", index)
        return unsafe ReceiveQueue(
            port: UInt16(id), queue: UInt16(index), driver: driver, pool: OpaquePointer(bitPattern: UInt(pool)),
            claim: claim)
    }

    /// Takes a transmit queue, which one live process has at a time.
    ///
    /// - Parameter index: The queue's index, from 0 on.
    /// - Returns: The queue.
    /// - Throws: `.noSuchPort`; `.noSuchQueue`; `.endpointInUse`, which names the live process that has the queue, or,
    ///   if a process was killed while it had the queue, those that have to give up others of the port before the queue
    ///   can be restarted; `.portStopped` while the port does not run; `.registryFull`, `.setUpLockTimeout`,
    ///   `.destroyed` or `.shutDown`; in a secondary also `.unsupportedByDriver` for drivers that cannot transmit
    ///   there, and `.portConfiguredLater` if the primary configured the port, or started one of `net_memif`, after
    ///   this process attached.
    ///
    /// This is for set-up. If a dead process held the queue, this waits until the primary has freed it, after the
    /// process's packets, and has restarted it if its driver demands that: some 20 ms, and a second at most. Any thread
    /// may call it. There is no corresponding C function: C does not check that a queue has only one user.
    public func makeTransmitQueue(_ index: Int) throws(DPDKError) -> TransmitQueue {
        let driver = try driver(.transmitQueue)
        let claim = try claim(.transmitQueue, "transmit queue", index)
        return TransmitQueue(port: UInt16(id), queue: UInt16(index), driver: driver, claim: claim)
    }

    /// What the driver does with packets. In a primary this does not matter, because its death ends the group, and in a
    /// group whose primary does not use this library nobody would ask.
    private func driver(_ kind: End.Kind) throws(DPDKError) -> Int32 {
        let isSwept = try Member.whileRunning { $0.role == .secondary && $0.registry.hasPrimary }
        return isSwept ? kind == .receiveQueue ? traits.receiving : traits.transmitting : Int32(CDPDK_DRIVER_OWN)
    }

    private func claim(_ kind: End.Kind, _ noun: String, _ index: Int) throws(DPDKError) -> Claim {
        let what = "\(noun) \(index) of \(attachment.what)"
        try checkQueue(kind, index, what)
        let claim = try attachment.claim(End(kind: kind, index: UInt32(index)), named: what)
        do throws(DPDKError) {
            // Checked again, since the primary may change the port until the queue is claimed.
            try checkQueue(kind, index, what)
            // While the queue is claimed, the port stays as it is.
            if !cdpdk_is_primary(), let problem = ringProblem(kind, index) { throw .unsupported(what, problem) }
        } catch {
            claim.release()
            throw error
        }
        return claim
    }

    /// Throws if the port has no such queue, or if this process may not use it.
    private func checkQueue(_ kind: End.Kind, _ index: Int, _ what: String) throws(DPDKError) {
        let information = try information()
        let count = kind == .receiveQueue ? information.receiveQueueCount : information.transmitQueueCount
        let (configuration, state) = try noted()
        let hasPrimary = try Member.whileRunning { $0.registry.hasPrimary }
        // Some drivers have queues before they are configured. If the primary does not use this library, nobody has
        // noted whether the port is configured.
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
                .portStopped, what, "the port is stopped, and its driver must not be called meanwhile",
                remedy: "Start the port in the primary first")
        }
    }

    /// Why the ring behind a queue of `net_ring` cannot be mended if this process is killed in the middle of a call.
    private func ringProblem(_ kind: End.Kind, _ index: Int) -> String? {
        guard traits.transmitting == Int32(CDPDK_DRIVER_RING),
            !cdpdk_packets_has_ring(UInt16(id), UInt16(index), kind == .transmitQueue)
        else { return nil }
        return "others can use the ring behind the queue"
    }

    private func checkSecondaryQueue(
        _ kind: End.Kind, _ what: String, _ configuration: Registry.PortConfigurationState
    ) throws(DPDKError) {
        let port = UInt16(id)
        let hasFunction = kind == .receiveQueue ? cdpdk_port_can_receive(port) : cdpdk_port_can_transmit(port)
        let problem =
            traits.secondaryProblem ?? (kind == .receiveQueue ? traits.secondaryReceiveProblem : nil)
            ?? (hasFunction ? nil : "it has set no function for it in this process")
        if let problem {
            throw .unsupported(what, problem)
        }
        guard case .at(let time) = configuration else { return }
        // A secondary takes the queues' addresses when it attaches.
        if time >= (try attachment.member().startTime) {
            throw DPDKError(
                .portConfiguredLater, what,
                "the primary configured the port, or gave it new memory by a start, after this process had attached",
                remedy: "Restart this process")
        }
    }
}

extension DPDKError {
    fileprivate static func unsupported(_ what: String, _ problem: String) -> DPDKError {
        DPDKError(
            .unsupportedByDriver, what, "the driver cannot be used in a secondary: \(problem)",
            remedy: "Use the port in the primary, or another driver")
    }
}
