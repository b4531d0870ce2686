import DPDKMultiProcess
import TestSupport
import Testing

/// This library makes ordinary objects of DPDK, and a process without the library uses them by name.
@Suite("Objects of the library in processes without it", .fewAtOnce)
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
        // Each side sees the room that the other has made, and both wrap around the end of the ring.
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
