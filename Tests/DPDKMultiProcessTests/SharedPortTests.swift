import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Ports that several processes use", .fewAtOnce)
struct SharedPortTests {
    @Test(arguments: [TestPort.null, .ring, .pcap, .tap], ["shutdown", "exit"])
    func aSecondarysEndLeavesThePortRunning(port: TestPort, ending: String) async throws {
        let group = try EALGroup()
        let primary = try await configuredPrimary(of: group, port)
        #expect(try await primary.ask("link \(port.name)") == "up")
        try await takeQueues(primary, port)
        try await port.exchange(5, by: primary, primary: primary)
        try await letGoOfQueues(primary, port)

        let secondary = try await group.secondary(under: TestPort.namespace(of: primary))
        try await secondary.ask("look-up-pool p")
        try await secondary.ask("look-up-port \(port.name)")
        if port.secondariesReceive {
            try await takeQueues(secondary, port)
        } else {
            // A kill within the driver's function would leave the queue with packets of others.
            #expect(try await secondary.refusal("receive-queue \(port.name) 0") == .unsupportedByDriver)
            for line in ["burst b 16", "transmit-queue \(port.name) 0"] { try await secondary.ask(line) }
        }
        try await port.exchange(7, by: secondary, primary: primary)
        let taken = try await primary.refusal("transmit-queue \(port.name) 0")
        #expect(taken == .endpointInUse && taken.pids == [secondary.pid])
        if ending == "shutdown" {
            if port.secondariesReceive { try await secondary.ask("drop receive-queue \(port.name) 0") }
            for line in ["drop transmit-queue \(port.name) 0", "drop burst b", "shutdown"] {
                try await secondary.ask(line)
            }
        }
        secondary.peer.closeInput()
        #expect(try await secondary.peer.end() == .status(0))

        try await takeQueues(primary, port)
        try await port.exchange(3, by: primary, primary: primary)
        #expect(try await primary.ask("link \(port.name)") == "up")
        let received = port.secondariesReceive ? 15 : 8
        #expect(try await primary.ask("statistics \(port.name)") == "\(received) 15")
        // All its packets are back in the pool, except for those that the driver keeps.
        try await letGoOfQueues(primary, port)
        try await primary.ask("stop-port \(port.name)")
        try await primary.ask("close-port \(port.name)")
        #expect(try await primary.ask("pool p") == "2047 2047 0")
        try await primary.ask("destroy-pool p")
        try await primary.shutdown()
        #expect(group.files == [])
    }

    @Test func aQueueIsHeldByOneProcess() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_ring0")
        for line in ["create-pool p 255", "configure-port net_ring0 p queues=2", "start-port net_ring0"] {
            try await primary.ask(line)
        }
        let first = try await group.secondary()
        let second = try await group.secondary()
        for member in [first, second] { try await member.ask("look-up-port net_ring0") }
        for kind in ["receive-queue", "transmit-queue"] {
            try await first.ask("\(kind) net_ring0 0")
            try await second.ask("\(kind) net_ring0 1")
            for member in [primary, second, first] {
                let refusal = try await member.refusal("\(kind) net_ring0 0")
                #expect(refusal == .endpointInUse && refusal.pids == [first.pid])
                #expect(refusal.text.contains("port 'net_ring0'"))
            }
            #expect(try await primary.refusal("\(kind) net_ring0 1").pids == [second.pid])
            #expect(try await first.refusal("\(kind) net_ring0 2") == .noSuchQueue)
        }
        // While secondaries hold them, the primary does not change the port.
        for line in ["stop-port net_ring0", "close-port net_ring0", "configure-port net_ring0 p queues=1"] {
            let refusal = try await primary.refusal(line)
            #expect(refusal == .inUse && Set(refusal.pids) == [first.pid, second.pid])
        }
        // The queues of dead processes are free again.
        try await first.kill()
        try await second.ask("receive-queue net_ring0 0")
        try await primary.ask("transmit-queue net_ring0 0")
        let refusal = try await primary.refusal("stop-port net_ring0")
        #expect(Set(refusal.pids) == [primary.pid, second.pid])
        try await second.kill()
        try await primary.ask("drop transmit-queue net_ring0 0")
        try await primary.ask("stop-port net_ring0")
    }

    @Test func aPortThatWasConfiguredLaterIsOfNoUse() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0")
        try await primary.ask("create-pool p 255")
        let early = try await group.secondary()
        try await early.ask("look-up-port net_null0")
        for kind in ["receive-queue", "transmit-queue"] {
            #expect(try await early.refusal("\(kind) net_null0 0") == .noSuchQueue)
        }
        try await primary.ask("configure-port net_null0 p")
        try await primary.ask("start-port net_null0")
        for kind in ["receive-queue", "transmit-queue"] {
            #expect(try await early.refusal("\(kind) net_null0 0") == .portConfiguredLater)
        }
        // It can still read the information about it.
        #expect(try await early.ask("port net_null0") == "net_null 1 1")
        let late = try await group.secondary()
        try await late.ask("look-up-port net_null0")
        try await late.ask("receive-queue net_null0 0")
        // Configured anew, it is new to this one as well.
        try await late.ask("drop receive-queue net_null0 0")
        try await primary.ask("stop-port net_null0")
        try await primary.ask("configure-port net_null0 p queues=2")
        #expect(try await late.refusal("receive-queue net_null0 0") == .portConfiguredLater)
    }

    @Test func aPortOfAPrimaryWithoutTheLibraryIsTakenOnTrustOnly() async throws {
        let group = try EALGroup()
        _ = try await group.foreign("primary", "--vdev=net_null0")
        let secondary = try await group.secondary()
        let refusal = try await secondary.refusal("look-up-port net_null0")
        #expect(refusal == .wrongKind && refusal.text.contains("lookingUpForeign"))
        try await secondary.ask("look-up-port net_null0 foreign=yes")
        try await secondary.ask("transmit-queue net_null0 0")
    }

    @Test func whatADriverCannotDoInASecondary() async throws {
        let group = try EALGroup()
        let primary = try await configuredPrimary(of: group, .afPacket)
        try await primary.ask("burst b 16")
        let secondary = try await group.secondary(under: TestPort.namespace(of: primary))
        try await secondary.ask("look-up-port net_af_packet0")
        #expect(try await secondary.ask("port net_af_packet0") == "net_af_packet 1 1")
        for kind in ["receive-queue", "transmit-queue"] {
            let refusal = try await secondary.refusal("\(kind) net_af_packet0 0")
            #expect(refusal == .unsupportedByDriver && refusal.text.contains("secondary"))
        }
        try await takeQueues(primary, .afPacket)
        try await TestPort.afPacket.exchange(5, by: primary, primary: primary)
    }

    @Test func whatATapPortDemands() async throws {
        let group = try EALGroup()
        let primary = try await configuredPrimary(of: group, .tap)
        let secondary = try await group.secondary(under: TestPort.namespace(of: primary))
        try await secondary.ask("look-up-port net_tap0")
        // The answer would be wrong, and the primary would use it, too.
        #expect(try await secondary.refusal("link net_tap0") == .unsupportedByDriver)
        #expect(try await primary.ask("link net_tap0") == "up")
        try await primary.ask("stop-port net_tap0")
        #expect(try await primary.refusal("configure-port net_tap0 p queues=5") == .unsupportedByDriver)
        #expect(try await primary.refusal("configure-port net_tap0 p receive=1 transmit=2") == .unsupportedByDriver)
        try await primary.ask("create-pool more 8191 room=256")
        try await primary.ask("configure-port net_tap0 more queues=4")
        try await primary.ask("start-port net_tap0")
    }

    @Test func aSecondarySurvivesThatItsPortIsClosed() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_null0", "--vdev=net_ring0")
        for line in ["create-pool p 255", "configure-port net_null0 p", "start-port net_null0"] {
            try await primary.ask(line)
        }
        let secondary = try await group.secondary()
        try await secondary.ask("look-up-port net_null0")
        try await secondary.ask("transmit-queue net_null0 0")
        try await secondary.ask("drop transmit-queue net_null0 0")
        #expect(try await secondary.ask("ports") == "0 1")
        try await primary.ask("close-port net_null0")
        for line in [
            "port net_null0", "link net_null0", "statistics net_null0", "receive-queue net_null0 0",
            "transmit-queue net_null0 0", "look-up-port net_null0",
        ] {
            #expect(try await secondary.refusal(line) == .noSuchPort)
        }
        #expect(try await secondary.ask("ports") == "1")
        try await secondary.ask("look-up-port net_ring0")
        #expect(try await secondary.ask("port net_ring0").hasPrefix("net_ring "))
    }

    @Test func aPrimaryDoesNotEndUnderTheQueuesOfOthers() async throws {
        let group = try EALGroup()
        let primary = try await configuredPrimary(of: group, .ring)
        let secondary = try await group.secondary()
        try await secondary.ask("look-up-pool p")
        try await secondary.ask("look-up-port net_ring0")
        try await takeQueues(secondary, .ring)
        let refusal = try await primary.refusal("shutdown")
        #expect(refusal == .inUse && refusal.pids == [secondary.pid])
        #expect(refusal.text.contains("queues of its ports"))
        // Nothing has changed for either process.
        try await TestPort.ring.exchange(5, by: secondary, primary: primary)
        #expect(try await primary.ask("statistics net_ring0") == "5 5")
        try await letGoOfQueues(secondary, .ring)
        try await primary.ask("shutdown")
    }

    private func configuredPrimary(of group: EALGroup, _ port: TestPort) async throws -> EALGroup.Member {
        let primary = try await group.primary("--vdev=\(port.device)", under: port.namespace)
        let pool = "create-pool p 2047 room=2176"
        for line in [pool, "configure-port \(port.name) p", "start-port \(port.name)"] {
            try await primary.ask(line)
        }
        if let interface = port.interface { try await primary.ask("frames \(interface)") }
        return primary
    }

    private func takeQueues(_ member: EALGroup.Member, _ port: TestPort) async throws {
        for line in ["burst b 16", "receive-queue \(port.name) 0", "transmit-queue \(port.name) 0"] {
            try await member.ask(line)
        }
    }

    private func letGoOfQueues(_ member: EALGroup.Member, _ port: TestPort) async throws {
        for line in ["drop receive-queue \(port.name) 0", "drop transmit-queue \(port.name) 0", "drop burst b"] {
            try await member.ask(line)
        }
    }
}
