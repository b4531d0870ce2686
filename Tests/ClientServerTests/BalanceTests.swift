import Testing

@testable import mp_server

@Suite("The balance")
struct BalanceTests {
    private func balance(received: UInt64, deaths: UInt64 = 0, cameBack: UInt64 = 0) -> Balance {
        let port = { (id: Int, rx: UInt64) in
            Snapshot.Port(id: id, name: "", address: "", rx: rx, tx: 0, missed: 0)
        }
        let client = Snapshot.Client(
            id: 0, process: nil, isServed: true, rx: 90, rxDrop: 6, tx: 70, txDrop: 8, unroutable: 5, inRing: 4,
            highWater: 9, ringCapacity: 127)
        return Balance(
            Snapshot(time: 1, ports: [port(0, received - 1), port(1, 1)], clients: [client]), held: 3, inUse: 7,
            noClient: 4, deaths: deaths, cameBack: cameBack)
    }

    @Test func allPacketsAreAccountedFor() {
        #expect(balance(received: 100).addsUp)
        #expect(
            balance(received: 100).description.hasPrefix(
                "received 100 = sent 70 + dropped 23 + returned 0 + still held 7\n"))
    }

    @Test func missingPacketsAreSeen() {
        #expect(balance(received: 103).unaccounted == 3)
        #expect(balance(received: 103).difference.hasSuffix(": 3 packets are unaccounted for"))
        #expect(balance(received: 101).difference.hasSuffix(": 1 packet is unaccounted for"))
    }

    @Test func theHandsOfTheDeadAreCounted() {
        let balance = balance(received: 160, deaths: 1)
        #expect(balance.addsUp)
        #expect(balance.returned == 60)
        #expect(balance.description.contains("+ returned 60 +"))
    }

    /// A client has no more packets in its hands than came back, and than one burst and a buffer that it has sent.
    @Test func theDeadAreNotBlamedForMoreThanTheyHad() {
        #expect(balance(received: 100 + 543, deaths: 1).addsUp)
        #expect(balance(received: 101 + 543, deaths: 1).unaccounted == 544)
        #expect(balance(received: 101 + 543, deaths: 1, cameBack: 1).addsUp)
        #expect(balance(received: 99, deaths: 1).unaccounted == -1)
    }

    @Test func surplusPacketsAreSeen() {
        #expect(balance(received: 98).unaccounted == -2)
        #expect(balance(received: 98).difference.hasSuffix(": 2 packets too many are accounted for"))
    }

    /// The counters are in memory that every process of the group can write.
    @Test func countersThatAnotherProcessWroteDoNoHarm() {
        let client = Snapshot.Client(
            id: 0, process: nil, isServed: true, rx: 0, rxDrop: .max, tx: .max, txDrop: .max, unroutable: 1 << 63,
            inRing: 0, highWater: 0, ringCapacity: 127)
        let balance = Balance(
            Snapshot(time: 1, ports: [], clients: [client, client]), held: 0, inUse: 0, noClient: .max, deaths: 0,
            cameBack: 0)
        #expect(!balance.addsUp)
        #expect(balance.difference.contains("does not add up"))
    }
}
