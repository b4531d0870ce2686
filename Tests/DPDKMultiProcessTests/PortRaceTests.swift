import CDPDK
import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

@Suite("Ports that change while others use them", .fewAtOnce)
struct PortRaceTests {
    @Test func aQueueIsNotTakenOfAPortThatIsBeingClosed() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_ring0", "--vdev=net_ring1", "--vdev=net_ring2")
        try await primary.ask("create-pool p 255")
        for index in 0..<3 {
            try await primary.ask("configure-port net_ring\(index) p")
            try await primary.ask("start-port net_ring\(index)")
        }
        let secondary = try await group.secondary()
        for index in 0..<3 {
            try await secondary.ask("look-up-port net_ring\(index)")
            try secondary.tell("insist-on-queue net_ring\(index) 0")
            try await Task.sleep(for: .milliseconds(30))
            try await primary.ask("insist-on-closing net_ring\(index)")
            let code = try await secondary.answer()
            // Closing stops the port first.
            #expect(["portStopped", "noSuchPort", "destroyed"].contains(code), "\(code)")
        }
        try await primary.ask("destroy-pool p")
        try await primary.shutdown()
    }

    @Test func aQueueIsNotTakenOfAPortWhosePrimaryEnds() async throws {
        let group = try EALGroup()
        let (primary, secondary) = try await onRunningPort(in: group)
        try secondary.tell("insist-on-queue net_ring0 0")
        try await Task.sleep(for: .milliseconds(30))
        try await primary.ask("insist-on-shutdown")
        let code = try await secondary.answer()
        #expect(["noSuchPort", "noSuchQueue", "destroyed"].contains(code), "\(code)")
        try await secondary.ask("shutdown")
    }

    @Test func ofATakerAndAStopperOneGetsItsWay() async throws {
        let group = try EALGroup()
        let (primary, secondary) = try await onRunningPort(in: group)
        for _ in 0..<10 {
            try await primary.ask("start-port net_ring0")
            let (taken, stopped) = try await atOnce(
                in: group, secondary, "transmit-queue net_ring0 0", primary, "stop-port net_ring0")
            #expect((taken == "ok") != (stopped == "ok"), "\(taken), \(stopped)")
            if taken == "ok" {
                #expect(Refusal(stopped)?.pids == [secondary.pid])
                try await secondary.ask("drop transmit-queue net_ring0 0")
            } else {
                #expect(Refusal(taken)?.code == "portStopped")
            }
        }
    }

    @Test func ofATakerAndAnEndingPrimaryOneGetsItsWay() async throws {
        let group = try EALGroup()
        for _ in 0..<5 {
            let (primary, secondary) = try await onRunningPort(in: group)
            let (taken, ended) = try await atOnce(
                in: group, secondary, "transmit-queue net_ring0 0", primary, "shutdown")
            #expect((taken == "ok") != (ended == "ok"), "\(taken), \(ended)")
            try await secondary.kill()
            try await primary.kill()
        }
    }

    /// A primary with a running port `net_ring0`, and a secondary that has looked it up.
    private func onRunningPort(
        in group: EALGroup
    ) async throws -> (primary: EALGroup.Member, secondary: EALGroup.Member) {
        let primary = try await group.primary("--vdev=net_ring0")
        for line in ["create-pool p 255", "configure-port net_ring0 p", "start-port net_ring0"] {
            try await primary.ask(line)
        }
        let secondary = try await group.secondary()
        try await secondary.ask("look-up-port net_ring0")
        return (primary, secondary)
    }

    /// The answers of two processes to commands that wait for the group's set-up lock at the same time.
    private func atOnce(
        in group: EALGroup, _ one: EALGroup.Member, _ line: String, _ other: EALGroup.Member, _ otherLine: String
    ) async throws -> (String, String) {
        let descriptor = unsafe cdpdk_lock_open("\(group.directory)/\(CDPDK_LOCK_FILE)")
        defer { close(descriptor) }
        while cdpdk_lock_take(descriptor, Int64(CDPDK_LOCK_BYTE_SETUP)) != 0 {
            try await Task.sleep(for: .milliseconds(1))
        }
        try one.tell(line)
        try other.tell(otherLine)
        try await Task.sleep(for: .milliseconds(60))
        _ = cdpdk_lock_release(descriptor, Int64(CDPDK_LOCK_BYTE_SETUP))
        let answer = try await one.peer.line(within: .seconds(20)) ?? "nothing"
        return (answer, try await other.peer.line(within: .seconds(20)) ?? "nothing")
    }

    @Test func queuesAreThoseOfPortsThatRun() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_ring0")
        for line in ["create-pool p 255", "configure-port net_ring0 p"] { try await primary.ask(line) }
        let secondary = try await group.secondary()
        try await secondary.ask("look-up-port net_ring0")
        for kind in ["receive-queue", "transmit-queue"] {
            for process in [primary, secondary] {
                #expect(try await process.refusal("\(kind) net_ring0 0") == .portStopped)
            }
        }
        try await primary.ask("start-port net_ring0")
        try await secondary.ask("transmit-queue net_ring0 0")
        #expect(try await primary.refusal("stop-port net_ring0") == .inUse)
        try await secondary.ask("drop transmit-queue net_ring0 0")
        try await primary.ask("stop-port net_ring0")
        #expect(try await secondary.refusal("transmit-queue net_ring0 0") == .portStopped)
    }

    @Test func whatTheDescriptorsWereAdjustedTo() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_tap0,iface=tap0", under: TestPort.tap.namespace)
        try await primary.ask("create-pool p 4095")
        try await primary.ask("look-up-port net_tap0")
        #expect(try await primary.ask("descriptors net_tap0") == "- -")
        try await primary.ask("configure-descriptors net_tap0 p 100 200")
        #expect(try await primary.ask("descriptors net_tap0") == "100 200")
        try await primary.ask("start-port net_tap0")
        let secondary = try await group.secondary(under: TestPort.namespace(of: primary))
        try await secondary.ask("look-up-port net_tap0")
        #expect(try await secondary.ask("descriptors net_tap0") == "100 200")
    }

    @Test func aPrimaryThatDidNotAnswerIsNamed() async throws {
        let group = try EALGroup()
        let primary = try await group.primary("--vdev=net_ring0")
        try await primary.stop()
        let secondary = try group.idle()
        try await secondary.ask(group.start("secondary"), within: .seconds(60))
        primary.peer.signal(SIGCONT)
        let refusal = try await secondary.refusal("look-up-port net_ring0")
        #expect(refusal == .noSuchPort)
        #expect(refusal.text.contains("this process has no port; the primary did not answer"), "\(refusal.text)")
        try await secondary.ask("shutdown")
    }

    @Test func whatTheDriverLoggedIsInTheError() async {
        await #expect(processExitsWith: .success) {
            try asPrimary(devices: ["net_null0", "net_null1"]) { primary in
                let port = try EthPort(lookingUp: "net_null0", in: primary)
                // Nothing is set up.
                let error = refusal(.portFailed) { try port.start(in: primary) }
                check(error?.message, is: "the driver refused to start (rte_eth_dev_start)")
                check(error?.log.contains { $0.contains("not configured") } ?? false, "\(error as Any)")
            }
        }
    }
}
