import DPDKMultiProcess
import TestSupport
import Testing

/// What this library makes is what DPDK's own functions make: a process without the library uses it by name.
@Suite("Processes without the library use what it has made", .fewAtOnce)
struct WireTests {
    @Test func aRingCarriesValuesBothWays() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        for ring in ["up", "down"] { try await primary.ask("create-ring \(ring) 63") }
        try await primary.ask("producer down")
        try await primary.ask("consumer up")
        let foreign = try await group.foreign()
        #expect(try await primary.ask("enqueue down 40 from=100") == "40")
        #expect(try await foreign.ask("c-dequeue down 3") == "100 101 102")
        #expect(try await foreign.ask("c-enqueue up 7 8 9") == "3")
        #expect(try await primary.ask("dequeue up 64") == "7 8 9")
        // The room that C has made is seen, and the other way round; both go around the ring's end.
        #expect(try await primary.ask("enqueue down 64 from=140") == "26")
        #expect(try await foreign.ask("c-dequeue down 64") == (103..<166).map(String.init).joined(separator: " "))
        #expect(try await foreign.ask("c-dequeue down 1") == "")
    }

    @Test func packetsOfAPoolGoThroughARing() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-pool packets 31")
        try await primary.ask("create-packet-ring ring 15")
        try await primary.ask("packet-consumer ring")
        try await primary.ask("burst hand 8")
        let foreign = try await group.foreign()
        #expect(try await foreign.ask("c-pass ring packets 5") == "26")
        #expect(try await primary.ask("dequeue-burst ring hand") == "5 5")
        #expect(try await primary.ask("held packets") == "\(primary.pid):5")
        try await primary.ask("clear hand")
        #expect(try await primary.ask("pool packets") == "31 31 0")
    }

    @Test func aRegionIsAZone() async throws {
        let group = try EALGroup()
        let primary = try await group.primary()
        try await primary.ask("create-region gauge 4711 12")
        let foreign = try await group.foreign()
        #expect(try await foreign.ask("c-read-zone gauge 0") == "4711")
        try await primary.ask("write-region gauge 815 12")
        #expect(try await foreign.ask("c-read-zone gauge 0") == "815")
    }
}
