import CDPDK
import DPDKMultiProcess
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("EAL's log and devices", .fewAtOnce)
struct EALLogTests {
    private final class Entries: Sendable {
        let all = Mutex<[EALLog.Entry]>([])
        func append(_ entry: EALLog.Entry) { all.withLock { $0.append(entry) } }
        var count: Int { all.withLock(\.count) }
    }

    /// Makes DPDK log one line, about an element size that is not a multiple of 4.
    private static func provoke() { _ = cdpdk_ring_memory(3, 7) }

    @Test func aHandlerIsGivenEveryLine() async {
        await #expect(processExitsWith: .success) {
            let entries = Entries()
            EALLog.setHandler(entries.append)
            var arguments = primaryArguments()
            arguments.logLevels = ["lib.eal:debug"]
            try PrimaryProcess.run(arguments) { _ in
                let first = entries.all.withLock { $0 }
                check(first.contains { $0.component == "lib.eal" && $0.level == .debug })
                check(first.allSatisfy { !$0.message.isEmpty && !$0.message.contains("\n") })
                // A handler does not get the lines that it causes itself, and the thread does not wait for itself.
                EALLog.setHandler { entry in
                    entries.append(entry)
                    Self.provoke()
                }
                Self.provoke()
                let more = entries.all.withLock { $0.dropFirst(first.count) }
                check(more.map(\.level), is: [.error], "\(more)")
                check(more.first?.component, is: "lib.ring")
                EALLog.setHandler(nil)
                Self.provoke()
                check(entries.count, is: first.count + 1)
            }
        }
    }

    @Test func aDeviceThatDoesNotComeUpIsNamed() async throws {
        for device in ["net_null0,siz=64", "net_pcap0,rx_pcap=/nowhere/at-all.pcap"] {
            let group = try EALGroup()
            let refused = try group.idle()
            let refusal = try await refused.refusal(group.start("primary", "--vdev=\(device)"))
            #expect(refusal == .deviceFailed, "\(refusal.text)")
            #expect(refusal.text.contains("device '\(device.prefix { $0 != "," })'"), "\(refusal.text)")
            #expect(refusal.text.contains(" | "), "EAL's log is missing: \(refusal.text)")
            #expect(group.files == [])
            // The process lives on, and does not keep others from starting.
            let primary = try await group.primary("--vdev=net_null0,size=64", "--vdev=net_ring0")
            // A secondary gets its devices from its primary.
            let secondary = try await group.secondary("--vdev=net_null0,siz=64")
            try await secondary.shutdown()
            try await primary.shutdown()
            #expect(group.files == [])
        }
    }
}
