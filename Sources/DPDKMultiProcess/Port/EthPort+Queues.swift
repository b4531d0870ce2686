internal import CDPDK

extension EthPort {
    /// Takes a receive queue, which one live process has at a time.
    ///
    /// Throws `.noSuchQueue`, `.endpointInUse` with the holder, and in a secondary `.unsupportedByDriver` for drivers that
    /// cannot receive there, and `.portConfiguredLater` where the primary configured the port after this process attached.
    public func receiveQueue(_ index: Int) throws(DPDKError) -> ReceiveQueue {
        let info = try information()
        let claim = try claim(.receiveQueue, "receive queue", index, count: info.receiveQueues)
        return ReceiveQueue(port: UInt16(id), queue: UInt16(index), claim: claim)
    }

    /// Takes a transmit queue, which one live process has at a time.
    ///
    /// Throws `.noSuchQueue`, `.endpointInUse` with the holder, and in a secondary `.unsupportedByDriver` for drivers that
    /// cannot send there, and `.portConfiguredLater` where the primary configured the port after this process attached.
    public func transmitQueue(_ index: Int) throws(DPDKError) -> TransmitQueue {
        let info = try information()
        let claim = try claim(.transmitQueue, "transmit queue", index, count: info.transmitQueues)
        return TransmitQueue(port: UInt16(id), queue: UInt16(index), claim: claim)
    }

    private func claim(_ kind: End.Kind, _ noun: String, _ index: Int, count: Int) throws(DPDKError) -> Claim {
        let what = "\(noun) \(index) of \(attachment.what)"
        let member = try attachment.member()
        // Some drivers have queues before they are configured; what only a process without the library knows is believed.
        let configuration = member.directory.configuration(of: attachment.reference)
        guard configuration != .failed, count > 0, configuration != .none || !member.directory.hasPrimary else {
            throw DPDKError(
                .noSuchQueue, what,
                configuration == .failed ? "the port's last configuration failed" : "the port is not configured",
                remedy: "Configure the port in the primary first")
        }
        guard (0..<count).contains(index) else {
            throw DPDKError(
                .noSuchQueue, what, "the port has \(count) of them",
                remedy: "Choose 0 to \(count - 1), or configure more")
        }
        if !cdpdk_is_primary() {
            if let problem = traits.secondaryProblem {
                throw DPDKError(
                    .unsupportedByDriver, what, "the driver cannot be used from a secondary: \(problem)",
                    remedy: "Use the port in the primary, or another driver")
            }
            // A secondary takes the queues' addresses when it attaches.
            if case .at(let time) = configuration, time >= member.startTime {
                throw DPDKError(
                    .portConfiguredLater, what, "the primary configured the port after this process had attached",
                    remedy: "Start this process anew")
            }
        }
        return try attachment.claim(End(kind: kind, index: UInt32(index)), named: what)
    }
}
