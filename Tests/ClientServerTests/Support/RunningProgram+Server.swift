import Foundation
import TestSupport
import Testing

@testable import mp_server

extension RunningProgram {
    /// The numbers in the last line that a server printed.
    func balance() throws -> Balance {
        let line = try #require(lines.last)
        return try #require(try JSONDecoder().decode([String: Balance].self, from: Data(line.utf8))["balance"])
    }

    /// The lines that a server printed each second.
    func snapshots() throws -> [Snapshot] {
        try lines.filter { !$0.contains("balance") }.map {
            try JSONDecoder().decode(Snapshot.self, from: Data($0.utf8))
        }
    }

    /// Waits until a server has printed that it deals to these clients and no others.
    func wait(forClients clients: [Int]) async throws {
        try await wait(for: "service of clients \(clients)") {
            (try? snapshots().last.map { $0.clients.filter(\.isServed).map(\.id) == clients }) ?? false
        }
    }

    /// Waits until a server has printed how many packets there are in a client's ring now.
    func wait(forNumberInRing number: Int, of client: Int) async throws {
        // It may be about to print what it has read before.
        let old = try snapshots().count + 1
        try await wait(for: "\(number) packets in ring \(client)") {
            (try? snapshots().dropFirst(old).last.map { $0.clients[client].inRing == number }) ?? false
        }
    }
}
