import Testing

@testable import mp_server

@Suite("The choice of a client")
struct DealerTests {
    private func dealer(clients: Int, there: some Sequence<Int>) -> Dealer {
        var roll = Roll()
        for client in there { roll.add(client) }
        var dealer = Dealer(dispatch: .flow, clients: clients)
        dealer.follow(roll)
        return dealer
    }

    private let hashes = stride(from: UInt32.min, through: .max, by: 1 << 16)

    @Test(arguments: 1...16)
    func hashesAreSharedOutEqually(clients: Int) {
        let dealer = dealer(clients: clients, there: 0..<clients)
        var shares = [Int](repeating: 0, count: clients)
        for hash in hashes { shares[dealer.client(of: hash)] += 1 }
        for share in shares { #expect(abs(share - 65_536 / clients) <= 1, "\(shares)") }
        #expect(dealer.client(of: .max) == clients - 1)
    }

    @Test func flowsOfAMissingClientAreSharedOutAndTheOthersStay() {
        let all = dealer(clients: 4, there: 0..<4)
        let some = dealer(clients: 4, there: [0, 2, 3])
        var shares = [0, 0, 0, 0]
        for hash in hashes {
            let (before, now) = (all.client(of: hash), some.client(of: hash))
            if before == 1 { shares[now] += 1 } else { #expect(now == before) }
        }
        #expect(shares[1] == 0)
        for client in [0, 2, 3] { #expect(abs(shares[client] - 16_384 / 3) < 400, "\(shares)") }
    }

    @Test func aRollHasClientsAndStrangers() {
        var roll = Roll()
        for client in [0, 15] { roll.add(client) }
        roll.hasStrangers = true
        #expect((0..<16).filter(roll.has) == [0, 15])
        #expect(roll.hasStrangers)
        roll.hasStrangers = false
        #expect(!roll.hasStrangers && (0..<16).filter(roll.has) == [0, 15])
    }
}
