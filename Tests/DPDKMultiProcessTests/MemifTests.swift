import DPDKMultiProcess
import Foundation
import TestSupport
import Testing

/// Two ports of `net_memif` that are joined. Primaries with such ports are killed at the end: the driver leaves an
/// interrupt handler behind that sometimes crashes EAL's cleanup.
@Suite("Killed holders of net_memif's queues", .serialized, .fewAtOnce)
struct MemifTests {
    private let socket = UUID().uuidString

    private func device(_ index: Int, _ role: String) -> String {
        "--vdev=net_memif\(index),role=\(role),socket-abstract=yes,socket=\(socket)"
    }

    @Test(arguments: [90, 41, 137, 58])
    func theQueuesWorkForTheNextHolder(milliseconds: Int) async throws {
        let group = try EALGroup()
        let primary = try await group.primary(device(0, "server"), device(1, "client"))
        try await primary.ask("create-pool p 2047 room=2176 cache=128")
        for name in ["net_memif0", "net_memif1"] {
            for line in ["configure-port \(name) p", "start-port \(name)"] { try await primary.ask(line) }
        }
        try await connect(primary)
        // It transmits to itself.
        let victim = try await secondary(of: group, "net_memif0")
        for line in ["look-up-port net_memif1", "receive-queue net_memif1 0", "transmit-queue net_memif1 0"] {
            try await victim.ask(line)
        }
        try victim.tell("pump-queues p net_memif0 net_memif1")
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await victim.kill()
        for kind in ["receive-queue", "transmit-queue"] {
            for name in ["net_memif0", "net_memif1"] {
                try await primary.ask("\(kind) \(name) 0")
                try await primary.ask("drop \(kind) \(name) 0")
            }
        }
        #expect(try await primary.ask("balance p") == "2047 0")
        // The driver's client does not connect again by itself after a restart of the server.
        for line in ["stop-port net_memif1", "start-port net_memif1"] { try await primary.ask(line) }

        try await connect(primary)
        let left = try await secondary(of: group, "net_memif0")
        let right = try await secondary(of: group, "net_memif1")
        // The first call maps the memory of the connection, and the next ones make room in it.
        for (member, name) in [(left, "net_memif0"), (right, "net_memif1"), (left, "net_memif0")] {
            for _ in 1...2 { _ = try await member.ask("receive \(name) 0 b 1 within=1") }
        }
        for (sender, from, receiver, to) in [
            (left, "net_memif0", right, "net_memif1"), (right, "net_memif1", left, "net_memif0"),
        ] {
            try await sender.ask("allocate p 16 b")
            #expect(try await sender.ask("send \(from) 0 b") == "16 0")
            #expect(try await receiver.ask("receive \(to) 0 b 16") == "16")
            try await receiver.ask("clear b")
        }
        for (member, name) in [(left, "net_memif0"), (right, "net_memif1")] { try await leave(member, name) }
        #expect(try await primary.ask("balance p") == "2047 0")
    }

    @Test func aProcessThatAttachedBeforeTheRestartIsRefused() async throws {
        let group = try EALGroup()
        let primary = try await group.primary(device(0, "server"))
        for line in ["create-pool p 255", "configure-port net_memif0 p", "start-port net_memif0"] {
            try await primary.ask(line)
        }
        let early = try await secondary(of: group, "net_memif0")
        for line in ["drop receive-queue net_memif0 0", "drop transmit-queue net_memif0 0"] {
            try await early.ask(line)
        }
        try await secondary(of: group, "net_memif0").kill()
        // The claims of the dead process are freed after the restart.
        for line in ["receive-queue net_memif0 0", "drop receive-queue net_memif0 0"] { try await primary.ask(line) }
        _ = try await secondary(of: group, "net_memif0")
        let refusal = try await early.refusal("receive-queue net_memif0 0")
        #expect(refusal == .portConfiguredLater)
    }

    /// A client cannot start without its server.
    @Test(arguments: ["start-port net_memif0", "configure-port net_memif0 p", "close-port net_memif0"])
    func aFailedRestartIsToldAndMadeUpFor(repair: String) async throws {
        let (servers, clients) = (try EALGroup(), try EALGroup())
        var server = try await self.server(servers)
        let primary = try await clients.primary(device(0, "client"))
        for line in ["keep-log", "create-pool p 255", "configure-port net_memif0 p", "start-port net_memif0"] {
            try await primary.ask(line)
        }
        let victim = try await secondary(of: clients, "net_memif0")
        try await server.kill()
        try await victim.kill()
        while try await primary.ask("log counts") == "0" { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await primary.refusal("receive-queue net_memif0 0") == .portStopped)
        #expect(try await primary.refusal("start-port net_memif0") == .portFailed)
        #expect(try await primary.ask("log counts") == "1")

        server = try await self.server(EALGroup())
        try await primary.ask(repair)
        if repair.hasPrefix("close") {
            #expect(try await primary.refusal("receive-queue net_memif0 0") == .noSuchPort)
        } else {
            if repair.hasPrefix("configure") { try await primary.ask("start-port net_memif0") }
            for kind in ["receive", "transmit"] { try await primary.ask("\(kind)-queue net_memif0 0") }
        }
        #expect(try await primary.ask("balance p") == "255 0")
    }

    // MARK: - Its processes

    private func server(_ group: EALGroup) async throws -> EALGroup.Member {
        let server = try await group.primary(device(0, "server"))
        for line in ["create-pool p 255", "configure-port net_memif0 p", "start-port net_memif0"] {
            try await server.ask(line)
        }
        return server
    }

    /// Waits until both ports are connected.
    private func connect(_ primary: EALGroup.Member) async throws {
        let deadline = ContinuousClock.now + Peer.patience
        for name in ["net_memif0", "net_memif1"] {
            while try await primary.ask("link \(name)") != "up" {
                guard ContinuousClock.now < deadline else { throw ChildFailure("\(name) is not connected") }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// A process that has queue 0 of both kinds.
    private func secondary(of group: EALGroup, _ name: String) async throws -> EALGroup.Member {
        let member = try await group.secondary()
        for line in [
            "look-up-pool p", "look-up-port \(name)", "burst b 32", "receive-queue \(name) 0",
            "transmit-queue \(name) 0",
        ] {
            try await member.ask(line)
        }
        return member
    }

    private func leave(_ member: EALGroup.Member, _ name: String) async throws {
        try await member.shutdown(dropping: "receive-queue \(name) 0", "transmit-queue \(name) 0", "burst b")
    }
}
