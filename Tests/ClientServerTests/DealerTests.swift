import Testing

@testable import mp_server

@Suite("The choice of a client")
struct DealerTests {
    @Test(arguments: 1...16)
    func hashesAreSharedOutEqually(clients: Int) {
        let dealer = Dealer(dispatch: .flow, clients: clients)
        var shares = [Int](repeating: 0, count: clients)
        let hashes = stride(from: UInt32.min, through: .max, by: 1 << 16)
        for hash in hashes { shares[dealer.client(of: hash)] += 1 }
        for share in shares { #expect(abs(share - 65_536 / clients) <= 1, "\(shares)") }
        #expect(dealer.client(of: .max) == clients - 1)
    }
}
