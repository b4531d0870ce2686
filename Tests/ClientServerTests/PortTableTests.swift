import DPDKMultiProcess
import Testing

@testable import ClientServer

@Suite("The table of ports")
struct PortTableTests {
    /// The results of `offsetof` for the sample's `struct port_info`, with 32 ports and cache lines of 64 bytes.
    @Test func itIsTheSamplesByteForByte() throws {
        #expect(MemoryLayout<PortTable>.offset(of: \.count) == 0)
        #expect(MemoryLayout<PortTable>.offset(of: \.ids) == 2)
        #expect(MemoryLayout<PortTable>.offset(of: \.received) == 128)
        #expect(MemoryLayout<PortTable>.offset(of: \.transmit) == 384)
        #expect(MemoryLayout<PortTable>.size == 8576)
        #expect(MemoryLayout<PortTable>.stride == 8576)
        _ = try SharedLayout(of: PortTable.self)
    }

    /// Each client has 64 numbers: the packets sent, by port, and then the packets dropped.
    @Test func countersOfClientsAreFound() {
        #expect(PortTable.sent(client: 0, port: 0) == 0)
        #expect(PortTable.dropped(client: 0, port: 0) == 32)
        #expect(PortTable.sent(client: 1, port: 3) == 67)
        #expect(PortTable.dropped(client: 15, port: 31) == 16 * 64 - 1)
    }

    @Test func aCountThatAnotherProcessWroteIsNotTrusted() {
        var table = PortTable(ports: [4, 2])
        #expect(table.ports == [4, 2])
        table.count = .max
        #expect(table.ports.count == 32)
    }

    @Test func theStateCanBeShared() throws {
        #expect(try SharedLayout(of: ServerState.self).size >= 16 * 64 + 8)
    }
}
