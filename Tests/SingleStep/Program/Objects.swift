import DPDKMultiProcess
import Foundation
import SingleStepJudge

/// A device of the primary.
enum Device: String, CaseIterable {
    case null = "net_null0"
    case pcap = "net_pcap0"
    case tap = "net_tap0"
    case ring = "net_ring0"

    static let all = allCases

    func option(_ folder: URL) -> String {
        switch self {
        case .null, .ring: rawValue
        case .tap: "\(rawValue),iface=tap0"
        case .pcap: "\(rawValue),rx_pcap=\(capture(folder)),tx_pcap=out"
        }
    }

    /// A file with packets to be received, by its name in the current folder.
    private func capture(_ folder: URL) -> String {
        var words: [UInt32] = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 65535, 1]
        for number in 0..<1000 {
            // Every third frame needs several segments.
            let length: UInt32 = number % 3 == 2 ? 5000 : 60
            words += [0, 0, length, length] + [UInt32](repeating: 0x5a5a_5a5a, count: Int(length) / 4)
        }
        let path = folder.appendingPathComponent("in").path
        _ = FileManager.default.createFile(
            atPath: path, contents: unsafe words.withUnsafeBytes { unsafe Data($0) })
        return "in"
    }
}

/// What the primary makes for the child, and watches.
struct Objects {
    static let pools = ["large", "small"]
    /// The last one is behind the queue of net_ring.
    static let rings = ["gifts", "ring", "spare", "hts", "ETH_RXTX0_net_ring0"]
    /// Slots of the rings: one more than their capacity, so that bursts soon go around their ends.
    static let slots = 32
    static let smallCacheSize = 8

    let kept: [Any]

    init(in primary: PrimaryProcess, isLong: Bool) throws {
        // The caches hold up to one and a half times their size.
        let large = try PacketPool(
            creating: "large", capacity: isLong ? 1023 : 255, dataRoom: 2176, cacheSize: isLong ? 64 : 48, in: primary)
        let small = try PacketPool(
            creating: "small", capacity: 63, dataRoom: 256, cacheSize: Self.smallCacheSize, in: primary)
        // The tap's receive queue keeps packets, so its pool is not watched.
        let kernel = try PacketPool(creating: "kernel", capacity: 63, dataRoom: 2048, cacheSize: 0, in: primary)
        let gifts = try SharedRing<Packet>(creating: "gifts", capacity: 255, in: primary)
        let ring = try SharedRing<Packet>(creating: "ring", capacity: Self.slots - 1, in: primary)
        let spare = try SharedRing<Packet>(creating: "spare", capacity: Self.slots - 1, in: primary)
        let hts = try SharedRing<Packet>(
            creating: "hts", capacity: Self.slots - 1, producers: .headTailSync, consumers: .headTailSync, in: primary)
        var ports: [EthPort] = []
        for device in Device.all {
            let port = try EthPort(
                configuring: device.rawValue,
                EthPort.Configuration(
                    receiveQueueCount: device == .null ? 2 : 1, transmitQueueCount: device == .null ? 3 : 1,
                    receiveDescriptorCount: 32),
                receivingInto: device == .tap ? kernel : large, in: primary)
            try port.start(in: primary)
            ports.append(port)
        }
        kept = [large, small, kernel, gifts, ring, spare, hts, ports]
        for name in Self.pools where unsafe !judge_watch_pool(name) { throw Failure("pool \(name) cannot be watched") }
        for name in Self.rings where unsafe !judge_watch_ring(name) { throw Failure("ring \(name) cannot be watched") }
    }
}

/// Packets that the primary makes for the child.
struct Gift {
    let kind: judge_kind
    var pool = "large"
    /// The pool of what the packets are attached to.
    var other = "large"
    var size = 1
    let count: Int

    func give() throws {
        guard unsafe judge_give("gifts", kind, pool, other, UInt32(size), UInt32(count)) else {
            throw Failure("there are not enough packets to give")
        }
    }
}
