import DPDKMultiProcess
import Glibc
import TestSupport
import Testing

@testable import mp_server

@Suite("The hash of flows", .fewAtOnce)
struct FlowHashTests {
    @Test func bothDirectionsOfAFlowAreAlikeAndFlowsSpread() async {
        await #expect(processExitsWith: .success) {
            try withFrames { hash in
                for frame in [Frame.ipv4, Frame.ipv6, Frame.vlan, Frame.arp] {
                    for flow in 0..<64 {
                        #expect(hash(frame(flow, false)) == hash(frame(flow, true)))
                    }
                    var counts = [Int](repeating: 0, count: 4)
                    for flow in 0..<4_000 { counts[Int(hash(frame(flow, false)) >> 30)] += 1 }
                    #expect(counts.allSatisfy { (800...1_200).contains($0) }, "\(counts)")
                }
            }
        }
    }

    @Test func fragmentsOfAPacketStayTogether() async {
        await #expect(processExitsWith: .success) {
            try withFrames { hash in
                var first = Frame.ipv4(7, false)
                first[20] = 0x20
                var later = Frame.ipv4(7, false)
                later[21] = 185
                for index in 34..<42 { later[index] = 0xee }
                #expect(hash(first) == hash(later))
                // If they were whole packets, their ports would make their hashes differ.
                #expect(hash(first) != hash(Frame.ipv4(7, false)))
                #expect(hash(first) != hash(Frame.ipv4(8, false)))
            }
        }
    }

    @Test func cutFramesAreHashedAsFarAsTheyGo() async {
        await #expect(processExitsWith: .success) {
            try withFrames { hash in
                let whole = Frame.ipv6(3, false)
                let hashes = (0...whole.count).map { hash(Array(whole.prefix($0))) }
                // Cut to nothing, after the stations, after the hosts, and after the ports.
                #expect(hashes[..<12].allSatisfy { $0 == 0 })
                #expect(hashes[12..<54].allSatisfy { $0 == hashes[12] })
                #expect(hashes[54..<58].allSatisfy { $0 == hashes[54] })
                #expect(hashes[58...].allSatisfy { $0 == hashes[58] })
                #expect(Set([0, hashes[12], hashes[54], hashes[58]]).count == 4)
            }
        }
    }
}

/// Frames of a flow, in one direction or the other.
private enum Frame {
    static func ethernet(_ flow: Int, _ isReverse: Bool, _ type: [UInt8]) -> [UInt8] {
        let one: [UInt8] = [2, 0, 0, 0, UInt8(flow >> 8 & 255), UInt8(flow & 255)]
        let other: [UInt8] = [2, 0, 0, 1, 9, 9]
        return (isReverse ? one + other : other + one) + type
    }

    static func ports(_ flow: Int, _ isReverse: Bool) -> [UInt8] {
        let one = [UInt8(flow >> 8 & 255 | 0x80), UInt8(flow & 255)]
        let other: [UInt8] = [0x14, 0x51]
        return isReverse ? other + one : one + other
    }

    static func packetOfIPv4(_ flow: Int, _ isReverse: Bool) -> [UInt8] {
        let one: [UInt8] = [10, 0, 0, 1]
        let other: [UInt8] = [10, 0, 0, 2]
        let head: [UInt8] = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0]
        return head + (isReverse ? other + one : one + other) + ports(flow, isReverse) + [0, 8, 0, 0]
    }

    static func ipv4(_ flow: Int, _ isReverse: Bool) -> [UInt8] {
        ethernet(0, isReverse, [8, 0]) + packetOfIPv4(flow, isReverse)
    }

    static func vlan(_ flow: Int, _ isReverse: Bool) -> [UInt8] {
        ethernet(0, isReverse, [0x81, 0, 0, 5, 8, 0]) + packetOfIPv4(flow, isReverse)
    }

    static func ipv6(_ flow: Int, _ isReverse: Bool) -> [UInt8] {
        let one: [UInt8] = [0x20, 1] + Array(repeating: 0, count: 13) + [1]
        let other: [UInt8] = [0x20, 1] + Array(repeating: 0, count: 13) + [2]
        return ethernet(0, isReverse, [0x86, 0xdd]) + [0x60, 0, 0, 0, 0, 20, 6, 64]
            + (isReverse ? other + one : one + other) + ports(flow, isReverse) + Array(repeating: 0, count: 16)
    }

    static func arp(_ flow: Int, _ isReverse: Bool) -> [UInt8] {
        ethernet(flow, isReverse, [8, 6]) + Array(repeating: 0, count: 28)
    }
}

/// Runs `body` in its own group, with a function that hashes a frame as a packet.
private func withFrames(_ body: (_ hash: ([UInt8]) -> UInt32) throws -> Void) throws {
    // The time limit of a test does not end the process of its exit test.
    alarm(100)
    let primary = try PrimaryProcess(EALArguments(filePrefix: TestRun.filePrefix(), usesPCI: false))
    defer { TestRun.removeFiles(of: primary.filePrefix) }
    let pool = try PacketPool(creating: "frames", capacity: 63, cacheSize: 0, in: primary)
    try hashing(pool, primary, body)
    try primary.shutdown()
}

private func hashing(_ pool: PacketPool, _ primary: PrimaryProcess, _ body: (([UInt8]) -> UInt32) throws -> Void) throws
{
    var burst = try PacketBurst(capacity: 1, in: primary)
    try body { frame in
        guard pool.allocateBulk(1, into: &burst) else { return .max }
        for byte in frame { _ = burst[0].append(repeating: byte, count: 1) }
        let hash = FlowHash.of(burst[0])
        burst.removeAll()
        return hash
    }
}
