import Foundation
import Glibc
import TestSupport
import Testing

@testable import mp_server

/// Clients that come, go, die and are replaced while the server runs.
@Suite("Clients that come and go", .serialized, .fewAtOnce)
struct ClientLifeTests {
    @Test func packetsGoOnlyToClientsThatAreThere() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 3)
        let first = try await group.client(1)
        try await server.wait(forClients: [1])
        first.signal(SIGKILL)
        try await server.wait(forClients: [])
        _ = try await group.client(2)
        try await server.wait(forClients: [2])
        let before = try #require(try server.snapshots().last)
        #expect(before.clients[0].rx == 0 && before.clients[1].rx > 0 && before.clients[2].rx > 0)
        try await server.wait(for: "another snapshot") {
            (try? server.snapshots().last.map { $0.clients[2].rx > before.clients[2].rx }) ?? false
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        let after = try #require(try server.snapshots().last)
        #expect(after.clients[0].rx == 0 && after.clients[1].rx == before.clients[1].rx)
        let balance = try server.balance()
        #expect(balance.addsUp && balance.noClient > 0 && balance.deaths == 1, "\(balance)")
    }

    /// Each packet is accounted for, and each is free again: `net_null` keeps none.
    @Test(arguments: ["round-robin", "flow"])
    func clientsAreKilledUnderLoadAndTheBalanceAddsUp(dispatch: String) async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 2, ["--dispatch", dispatch, "--stats", "json"])
        var clients = [try await group.client(0), try await group.client(1)]
        try await server.wait(forClients: [0, 1])
        for kill in 0..<8 {
            try await Task.sleep(for: .milliseconds(Int.random(in: 10...60)))
            clients[kill % 2].signal(SIGKILL)
            #expect(try await clients[kill % 2].end() == -SIGKILL)
            clients[kill % 2] = try await group.client(kill % 2)
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for client in clients { #expect(try await client.end() == 0) }
        let balance = try server.balance()
        #expect(balance.addsUp && balance.deaths == 8, "\(balance)")
        #expect(balance.returned <= 8 * 200 && balance.sent > 0, "\(balance)")
        #expect(balance.remaining == 0 && balance.inUse == 0, "\(balance)")
    }

    @Test func theRingOfADeadClientIsEmptiedIntoTheOthers() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 2)
        let clients = [try await group.client(0), try await group.client(1)]
        try await server.wait(forClients: [0, 1])
        clients[0].signal(SIGSTOP)
        try await server.wait(forNumberInRing: 1023, of: 0)
        clients[0].signal(SIGKILL)
        try await server.wait(forClients: [1])
        try await server.wait(forNumberInRing: 0, of: 0)
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        let balance = try server.balance()
        #expect(balance.addsUp && balance.deaths == 1 && balance.inUse == 0, "\(balance)")
    }

    /// The packets in its ring wait for the client that comes next.
    @Test func theRingOfTheOnlyClientWaitsForTheNext() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 2)
        let client = try await group.client(0)
        try await server.wait(forClients: [0])
        client.signal(SIGSTOP)
        try await server.wait(forNumberInRing: 1023, of: 0)
        client.signal(SIGKILL)
        try await server.wait(forClients: [])
        #expect(try server.snapshots().last?.clients[0].inRing == 1023)
        _ = try await group.client(1)
        try await server.wait(forClients: [1])
        try await server.wait(forNumberInRing: 0, of: 0)
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        #expect(try server.balance().addsUp)
    }
}

@Suite("Clients that take over", .serialized, .fewAtOnce)
struct TakeOverTests {
    @Test func aClientIsReplacedAgainAndAgain() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 1)
        // There is nobody to replace.
        var client = try group.startClient(0, "--take-over")
        try await client.wait(forNote: "handles packets")
        for _ in 0..<3 {
            let next = try group.startClient(0, "--take-over")
            try await next.wait(forNote: "handles packets")
            #expect(try await client.end() == 0)
            #expect(client.errorText.contains("takes over; took"))
            client = next
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        #expect(try await client.end() == 0)
        let balance = try server.balance()
        #expect(balance.addsUp && balance.deaths == 0 && balance.inUse == 0, "\(balance)")
    }

    /// All echo requests and replies of a second pass one client after the other, dozens at a time. The rings have room
    /// for all of them, also if a process waits long for a CPU.
    @Test func noPacketIsLostOrOvertakenWhileClientsAreReplaced() async throws {
        let group = try ServerGroup()
        let taps = try await Namespaces()
        let server = try await group.server(
            devices: (0..<2).map { "net_tap\($0),iface=\(taps.interface($0))" }, clients: 1, ["--ring-size", "4096"])
        var client = try await group.client(0)
        try await taps.take()
        try await taps.ping(1, tries: 20)
        async let report = taps.ping(3_000, every: "0.001", ahead: 48)
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(200))
            let next = try group.startClient(0, "--take-over")
            try await next.wait(forNote: "handles packets")
            #expect(try await client.end() == 0)
            client = next
        }
        let numbers = try await report.matches(of: #/icmp_seq=(\d+) ttl/#).map { Int($0.1) }
        #expect(numbers == Array(1...3_000))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        #expect(try await client.end() == 0)
        #expect(!server.errorText.contains("does not add up"))
    }

    @Test func aClientThatDoesNotAnswerIsNotReplaced() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 1)
        let client = try await group.client(0)
        client.signal(SIGSTOP)
        let next = try group.startClient(0, "--take-over")
        #expect(try await next.end() == 1)
        #expect(next.errorText.contains("holds it"))
        try await expectThatItGoesOn(client, server)
    }

    @Test func aClientStaysIfItsSuccessorDiesBeforeIt() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 1)
        let client = try await group.client(0)
        client.signal(SIGSTOP)
        let next = try group.startClient(0, "--take-over")
        try await server.wait(for: "attachment") { group.sockets.count > 2 }
        try await Task.sleep(for: .seconds(2))
        next.signal(SIGKILL)
        try await server.wait(forNote: "has died")
        try await expectThatItGoesOn(client, server)
    }

    private func expectThatItGoesOn(_ client: RunningProgram, _ server: RunningProgram) async throws {
        client.signal(SIGCONT)
        try await Task.sleep(for: .milliseconds(300))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        #expect(try await client.end() == 0)
        #expect(client.errorText.contains("the server stops"))
        #expect(try server.balance().addsUp)
    }
}

@Suite("Clients that outlive their server", .serialized, .fewAtOnce)
struct ReconnectTests {
    @Test func aClientServesOneServerAfterTheOther() async throws {
        let group = try ServerGroup()
        let client = try group.startClient(0, "--reconnect")
        for (round, number) in [SIGTERM, SIGKILL, SIGINT].enumerated() {
            let server = try await group.server(clients: 1)
            try await client.wait(for: "service") {
                client.errorText.matches(of: #/handles packets/#).count == round + 1
            }
            server.signal(number)
            #expect(try await server.end() == (number == SIGKILL ? -SIGKILL : 0))
            try await client.wait(for: "goodbye") {
                client.errorText.matches(of: #/waiting for the next server/#).count == round + 1
            }
            #expect(client.errorText.contains("the server has ended without a word") == (round > 0))
            #expect(client.errorText.contains("the server stops"))
        }
        client.signal(SIGTERM)
        #expect(try await client.end() == 0)
    }

    @Test func theTimeToWaitBeginsAnew() async throws {
        let group = try ServerGroup()
        let client = try group.startClient(0, "--reconnect", "--wait", "3")
        try await client.wait(forNote: "waiting for the server")
        let server = try await group.server(clients: 1)
        try await client.wait(forNote: "handles packets")
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        let start = ContinuousClock.now
        #expect(try await client.end() == 1)
        #expect(ContinuousClock.now - start > .seconds(2))
        #expect(client.errorText.contains("no primary"))
    }
}

@Suite("Clients that the server starts", .serialized, .fewAtOnce)
struct RespawnTests {
    @Test func clientsAreKeptRunningAndEndedWithTheServer() async throws {
        let group = try ServerGroup()
        let command = "exec \(Child.program("mp_client")) --no-pci --file-prefix=\(group.prefix) -- -n $MP_CLIENT"
        let server = try await group.server(clients: 2, ["--stats", "json", "--respawn", command])
        try await server.wait(forClients: [0, 1])
        let first = try await pids(of: server)
        for pid in first { kill(pid, SIGKILL) }
        try await server.wait(for: "new clients") {
            let text = server.errorText
            return (0..<2).allSatisfy { text.components(separatedBy: "client \($0) handles packets").count == 3 }
        }
        try await server.wait(forClients: [0, 1])
        let second = try await pids(of: server, butFor: first)
        #expect(server.errorText.contains("was ended by signal 9; it is started again in 100 ms"))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for pid in second { #expect(kill(pid, 0) == -1 && errno == ESRCH) }
        let balance = try server.balance()
        #expect(balance.addsUp && balance.deaths == 2 && balance.inUse == 0, "\(balance)")
    }

    private func pids(of server: RunningProgram, butFor others: [pid_t] = []) async throws -> [pid_t] {
        func find() throws -> [pid_t] {
            let pids = try server.snapshots().last?.clients.compactMap { client in
                client.process?.firstMatch(of: #/pid (\d+)/#).flatMap { pid_t($0.1) }
            }
            return (pids ?? []).filter { !others.contains($0) }
        }
        try await server.wait(for: "clients in a snapshot") { (try? find().count == 2) ?? false }
        return try find()
    }

    @Test func aCommandThatFailsIsTriedMoreAndMoreRarely() async throws {
        let server = try await ServerGroup().server(clients: 1, ["--stats", "json", "--respawn", "exit 3"])
        for wait in [100, 200, 400] {
            try await server.wait(forNote: "client 0 ended with status 3; it is started again in \(wait) ms")
        }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
    }

    /// It inherits neither files nor the signals that the server's threads block, and does not outlive the server.
    @Test func aCommandIsAProgramLikeAnyOther() async throws {
        let command = "ls /proc/self/fd | tr '\\n' ' ' >&2; grep SigBlk /proc/self/status >&2; trap '' TERM; sleep 60"
        let server = try await ServerGroup().server(clients: 1, ["--stats", "json", "--respawn", command])
        try await server.wait(forNote: "SigBlk:\t0000000000000000")
        // Three, and the folder that `ls` reads.
        #expect(server.errorText.contains("0 1 2 3 SigBlk"))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
    }
}
