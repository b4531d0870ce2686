import Foundation
import Glibc
import TestSupport
import Testing

@testable import mp_server

@Suite("Server and clients together", .fewAtOnce)
struct PairTests {
    @Test(arguments: ["round-robin", "flow", "rss"])
    func packetsReachClientsAndTheBalanceAddsUp(dispatch: String) async throws {
        let group = try ServerGroup()
        let server = try await group.server(
            clients: 2, ["--dispatch", dispatch, "--stats", "json", "--when-full", "wait", "100"])
        let clients = [try await group.client(0), try await group.client(1)]
        try await server.wait(forClients: [0, 1])
        try await server.wait(for: "three snapshots") { server.lines.count >= 3 }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for client in clients {
            #expect(try await client.end() == 0)
            #expect(client.errorText.contains("the server stops"))
        }
        let balance = try server.balance()
        #expect(balance.addsUp)
        #expect(balance.sent > 0)
        // All frames of net_null are the same, so they belong to one flow.
        let received = try server.snapshots().last.map { $0.clients.map(\.rx) } ?? []
        #expect(received.filter { $0 > 0 }.count == (dispatch == "round-robin" ? 2 : 1), "\(received)")
        #expect(balance.held == 0 && balance.inRings == 0)
        #expect(!server.errorText.contains("does not add up"))
    }

    @Test func aClientMayLeaveAndAnotherComeInItsPlace() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 1)
        for number in [SIGINT, SIGTERM] {
            let client = try await group.client(0)
            try await Task.sleep(for: .milliseconds(200))
            client.signal(number)
            #expect(try await client.end() == 0)
            #expect(client.errorText.contains("stopped on request"))
        }
        server.signal(SIGINT)
        #expect(try await server.end() == 0)
        #expect(try server.balance().addsUp)
    }

    @Test func clientsWaitForTheServer() async throws {
        let group = try ServerGroup()
        let clients = try (0..<2).map { try group.startClient($0, "--wait", "15") }
        for client in clients { try await client.wait(forNote: "waiting for the server") }
        let server = try await group.server(clients: 2)
        for client in clients { try await client.wait(forNote: "handles packets") }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        for client in clients { #expect(try await client.end() == 0) }
    }

    @Test func aClientWithoutAServerGivesUp() async throws {
        let client = try ServerGroup().startClient(0, "--wait", "0.2")
        #expect(try await client.end() == 1)
        #expect(client.errorText.contains("no primary"))
    }

    @Test func twoClientsOfOneNumberAreRefused() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 1)
        let first = try await group.client(0)
        let second = try group.startClient(0)
        #expect(try await second.end() == 1)
        #expect(second.errorText.contains("holds it"))
        let third = try group.startClient(1)
        #expect(try await third.end() == 1)
        #expect(third.errorText.contains("the server has 1 client"))
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        #expect(try await first.end() == 0)
    }

    @Test func aClientLeavesWhenItsServerDies() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 1)
        let client = try await group.client(0)
        server.signal(SIGKILL)
        #expect(try await client.end() == 1)
        #expect(client.errorText.contains("has ended without a word"))
    }

    @Test func aServerWithoutClientsKeepsTheBalance() async throws {
        let group = try ServerGroup()
        let server = try await group.server(clients: 3)
        try await server.wait(for: "a snapshot") { server.lines.count >= 1 }
        server.signal(SIGTERM)
        #expect(try await server.end() == 0)
        let balance = try server.balance()
        #expect(balance.addsUp)
        #expect(balance.noClient > 0 && balance.noClient == balance.received && balance.inRings == 0)
    }

    @Test(arguments: [
        (["-p", "0x3", "-n", "300"], 64, "1 to 16"), (["-p", "3", "-n", "2", "--rnig-size", "64"], 64, "--ring-size"),
        (["-p", "1", "-n", "1"], 1, "even number"), (["-p", "f", "-n", "1"], 1, "do not exist"),
    ])
    func badServerArgumentsAreAnswered(own: [String], status: CInt, text: String) async throws {
        let server = try ServerGroup().start("mp_server", ["--vdev=net_null0", "--vdev=net_null1", "--"] + own)
        #expect(try await server.end() == status)
        #expect(server.errorText.contains(text))
        #expect(server.lines.isEmpty)
    }

    @Test func ownOptionsBeforeTheDashesAreAnswered() async throws {
        let server = try ServerGroup().start("mp_server", ["-p", "3"])
        #expect(try await server.end() == 64)
        #expect(server.errorText.contains("after --"))
    }
}
