import Foundation
import Testing

@testable import mp_server

@Suite("What the server shows")
struct ScreenTests {
    private func snapshot(time: Double, rx: UInt64, tx: UInt64 = 0, process: String? = nil) -> Snapshot {
        let port = Snapshot.Port(
            id: 0, name: "0000:03:00.0", address: "02:00:5e:10:00:01", rx: rx, tx: tx, missed: rx)
        let client = Snapshot.Client(
            id: 15, process: process, isServed: true, rx: rx, rxDrop: rx, tx: tx, txDrop: tx, unroutable: 0,
            inRing: 1023,
            highWater: 1023, ringCapacity: 1023)
        return Snapshot(time: time, ports: [port], clients: [client])
    }

    @Test func linesFitAScreenOf80Columns() {
        let rx: UInt64 = 99_999_999_999_999
        let snapshot = snapshot(time: 1, rx: rx, tx: rx, process: "mp_client (pid 4194304)")
        for line in Screen.ports(of: snapshot, since: nil) + Screen.clients(of: snapshot) {
            #expect(line.count <= 80, "\(line)")
        }
    }

    @Test func ratesArePerSecondWhateverTheIntervalWas() {
        let first = snapshot(time: 10, rx: 1_000)
        let lines = Screen.ports(of: snapshot(time: 12.5, rx: 6_000, tx: 50), since: first)
        #expect(lines[1].split(separator: " ") == ["0", "6000", "50", "6000", "2000", "20"])
    }

    @Test func countersThatRunBackwardsOrAtOnceDoNoHarm() {
        let first = snapshot(time: 10, rx: 1_000)
        #expect(Screen.ports(of: snapshot(time: 11, rx: 0), since: first)[1].contains(" - "))
        #expect(Screen.ports(of: snapshot(time: 10, rx: 2_000), since: first)[1].contains(" - "))
    }

    @Test func allKeysAreWritten() throws {
        let snapshot = snapshot(time: 1.5, rx: 1)
        let line = try JSONEncoder().encode(snapshot)
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.contains("\"process\":null"))
        #expect(text.contains("\"time\":1.5"))
        #expect(try JSONDecoder().decode(Snapshot.self, from: line) == snapshot)
    }
}
