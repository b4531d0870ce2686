import CDPDK
import DPDKMultiProcess
import TestSupport
import Testing

@Suite("Packets", .serialized, .fewAtOnce)
struct PacketTests {
    @Test func numbersAreBigEndianAtAnyOffset() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 15, dataRoom: 512, cacheSize: 0, in: primary)
                var packet = try pool.packet()
                check(packet.load(at: 0, as: UInt8.self) == nil && !packet.store(UInt8(1), at: 0))
                let bytes: [UInt8] = (1...12).map { $0 }
                check(unsafe packet.append(bytes.span.bytes))
                check(packet.length, is: 12)
                for offset in 0...4 {
                    let first = UInt64(offset + 1)
                    let expected = (0..<8).reduce(UInt64(0)) { $0 << 8 | (first + UInt64($1)) }
                    check(packet.load(at: offset, as: UInt64.self), is: expected)
                    check(packet.load(at: offset), is: UInt32(truncatingIfNeeded: expected >> 32))
                    check(packet.load(at: offset, as: UInt16.self), is: UInt16(truncatingIfNeeded: expected >> 48))
                    check(packet.load(at: offset, as: UInt8.self), is: UInt8(offset + 1))
                }
                check(packet.store(UInt32(0xdead_beef), at: 3))
                check(packet.store(Int16(-2), at: 9))
                check(packet.store(UInt8(0x7f), at: 11))
                let all = content(of: packet)
                check(all, is: [1, 2, 3, 0xde, 0xad, 0xbe, 0xef, 8, 9, 0xff, 0xfe, 0x7f])
                check(packet.load(at: 9, as: Int16.self), is: -2)

                // One byte too far at each end, and much too far.
                for offset in [-1, -8, 5, 12, 13, .max, .max - 7, .min] {
                    check(packet.load(at: offset, as: UInt64.self) == nil, "\(offset)")
                    check(!packet.store(UInt64.max, at: offset), "\(offset)")
                }
                check(packet.load(at: 4, as: UInt64.self) != nil)
                check(content(of: packet), is: all)
            }
        }
    }

    @Test func bytesAreThePacketsOwn() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 15, dataRoom: 512, cacheSize: 0, in: primary)
                var packet = try pool.packet()
                var other = try pool.packet()
                check(packet.append(repeating: 1, count: 60))
                check(other.append(repeating: 2, count: 60))
                do {
                    var bytes = packet.mutableBytes
                    check(bytes.byteCount, is: 60)
                    bytes.storeBytes(of: UInt16(0x0800).bigEndian, toByteOffset: 12, as: UInt16.self)
                }
                check(packet.load(at: 12, as: UInt16.self), is: 0x0800)
                let bytes = packet.bytes
                check(unsafe bytes.unsafeLoad(fromByteOffset: 12, as: UInt8.self), is: 8)
                check(bytes.byteCount, is: 60)
                check(other.load(at: 12, as: UInt16.self), is: 0x0202)
            }
        }
    }

    @Test func growsAndShrinksWithinItsRoom() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 15, dataRoom: 256, cacheSize: 0, in: primary)
                var packet = try pool.packet()
                check(packet.headroom == 128 && packet.tailroom == 128)
                check(unsafe packet.append(([10, 11, 12, 13] as [UInt8]).span.bytes))
                check(unsafe packet.prepend(([8, 9] as [UInt8]).span.bytes))
                check(packet.append(repeating: 14, count: 2))
                check(packet.prepend(repeating: 7, count: 1))
                check(content(of: packet), is: [7, 8, 9, 10, 11, 12, 13, 14, 14])
                check(packet.headroom == 125 && packet.tailroom == 122)

                // Refusals change nothing.
                let tooMany = [UInt8](repeating: 0xee, count: 126)
                check(unsafe !packet.append(tooMany.span.bytes))
                check(unsafe !packet.prepend(tooMany.span.bytes))
                for count in [-1, 123, 65_536, .max, .min] {
                    check(!packet.append(repeating: 0xee, count: count), "\(count)")
                }
                for count in [-1, 126, 65_536, .max, .min] {
                    check(!packet.prepend(repeating: 0xee, count: count), "\(count)")
                }
                for count in [-1, 10, 65_536, 65_537, .max, .min] {
                    check(!packet.trimStart(count), "\(count)")
                    check(!packet.trimEnd(count), "\(count)")
                }
                check(content(of: packet), is: [7, 8, 9, 10, 11, 12, 13, 14, 14])
                check(packet.headroom == 125 && packet.tailroom == 122 && packet.length == 9)

                check(packet.trimStart(2) && packet.trimEnd(3))
                check(content(of: packet), is: [9, 10, 11, 12])
                check(packet.headroom == 127 && packet.tailroom == 125)
                // A length of 0 is not refused.
                check(packet.append(repeating: 0, count: 0) && packet.prepend(repeating: 0, count: 0))
                check(packet.trimStart(0) && packet.trimEnd(0))
                check(content(of: packet), is: [9, 10, 11, 12])
                // Exactly to the limits.
                check(packet.append(repeating: 1, count: 125) && packet.prepend(repeating: 2, count: 127))
                check(packet.length == 256 && packet.headroom == 0 && packet.tailroom == 0)
                check(packet.load(at: 0, as: UInt8.self) == 2 && packet.load(at: 255, as: UInt8.self) == 1)
                check(!packet.append(repeating: 0, count: 1) && !packet.prepend(repeating: 0, count: 1))
                check(packet.trimEnd(256) && packet.length == 0 && packet.tailroom == 256)
                check(packet.append(repeating: 3, count: 256))
                check(packet.trimStart(256) && packet.length == 0 && packet.headroom == 256)
            }
        }
    }

    @Test func whatTheDeviceSaidOfIt() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 1, dataRoom: 256, cacheSize: 0, in: primary)
                do {
                    let packet = try pool.packet()
                    check(packet.port == nil && packet.rssHash == nil)
                    unsafe packet._mbuf.pointee.port = 3
                    unsafe packet._mbuf.pointee.hash_rss = 0x1234_5678
                    check(packet.port == 3 && packet.rssHash == nil)
                    unsafe packet._mbuf.pointee.ol_flags |= CDPDK_MBUF_RSS_HASH
                    check(packet.rssHash, is: 0x1234_5678)
                    check(packet.segmentCount, is: 1)
                }
                // The next packet in this buffer has none of these values.
                let packet = try pool.packet()
                check(packet.port == nil && packet.rssHash == nil && packet.length == 0)
            }
        }
    }

    @Test func manySegments() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 15, dataRoom: 1024, cacheSize: 0, in: primary)
                // Segments of 100, 100 and 50 bytes.
                let pieces = unsafe try Foreign.packetPool("pieces", capacity: 31, dataRoom: 228)
                let small = unsafe try PacketPool(lookingUpForeign: "pieces", in: primary)
                let ring = try SharedRing<Packet>(creating: "r", capacity: 7, in: primary)
                var consumer = try ring.makeConsumer()
                do {
                    var packet = unsafe try copy(250, of: pool, into: pieces, through: &consumer)
                    check(small.inUseCount == 3 && pool.inUseCount == 0)
                    check(try small.packetsHeld() == [primary.identity: 1])
                    check(packet.length == 250 && packet.segmentCount == 3 && !packet.isContiguous)
                    check(packet.bytes.byteCount, is: 100)
                    check(packet.tailroom, is: 50)
                    // Within a segment, across two, and across the end.
                    check(content(of: packet), is: (0..<250).map { UInt8($0) })
                    check(packet.load(at: 98, as: UInt32.self), is: 0x6263_6465)
                    check(packet.load(at: 199, as: UInt16.self), is: 0xc7c8)
                    check(packet.load(at: 92, as: UInt128.self), is: 0x5c5d_5e5f_6061_6263_6465_6667_6869_6a6b)
                    check(packet.load(at: 199, as: Int16.self), is: Int16(bitPattern: 0xc7c8))
                    check(packet.load(at: 249, as: UInt16.self) == nil)
                    check(packet.load(at: 243, as: UInt64.self) == nil)
                    check(packet.load(at: 242, as: UInt64.self) != nil)
                    // Only the first segment is written.
                    check(packet.store(UInt16(0xffff), at: 98) && !packet.store(UInt16(0), at: 99))
                    check(packet.load(at: 98, as: UInt32.self), is: 0xffff_6465)
                    // At the end of the last one.
                    check(!packet.append(repeating: 1, count: 51) && packet.length == 250)
                    check(unsafe packet.append(([1, 2] as [UInt8]).span.bytes) && packet.length == 252)
                    check(packet.load(at: 250, as: UInt16.self), is: 0x0102)
                    check(!packet.trimEnd(53) && !packet.trimEnd(-1) && packet.length == 252)
                    check(packet.trimEnd(52) && packet.length == 200)
                    check(!packet.trimStart(101) && packet.trimStart(10) && packet.length == 190)
                    check(unsafe packet.prepend(([0xaa] as [UInt8]).span.bytes) && packet.length == 191)
                    check(packet.load(at: 0, as: UInt16.self), is: 0xaa0a)
                    // The first buffer has no room for all bytes.
                    check(!packet.linearize())
                    check(packet.length == 191 && packet.segmentCount == 3)
                    check(packet.load(at: 190, as: UInt8.self), is: 199)
                }
                check(small.inUseCount == 0)
                do {
                    var packet = unsafe try copy(150, of: pool, into: pieces, through: &consumer)
                    // The first buffer has exactly as much room as the second has bytes.
                    unsafe packet._mbuf.pointee.data_len -= 50
                    unsafe packet._mbuf.pointee.pkt_len -= 50
                    check(packet.length == 100 && packet.segmentCount == 2)
                    check(packet.linearize())
                    check(packet.isContiguous && packet.length == 100 && packet.bytes.byteCount == 100)
                    check(content(of: packet), is: (Array(0..<50) + Array(100..<150)).map { UInt8($0) })
                    check(small.inUseCount, is: 1)
                    check(packet.linearize() && packet.length == 100)
                }
                check(small.inUseCount, is: 0)
            }
        }
    }

    /// Numbers that DPDK never writes, but that another process may have written.
    private static var contradictions: [(inout cdpdk_mbuf) -> Void] {
        unsafe [
            { unsafe $0.pkt_len = 99 },
            { unsafe $0.pkt_len = 101 },
            { unsafe $0.pkt_len = 0 },
            { unsafe $0.pkt_len = .max },
            { unsafe $0.data_len = .max },
            { unsafe $0.data_len = 300 },
            { unsafe $0.data_off = .max },
            { unsafe $0.data_off = 300 },
            { unsafe $0.buf_len = 0 },
            { unsafe $0.buf_len = 150 },
            { unsafe $0.nb_segs = 0 },
            { unsafe $0.nb_segs = 2 },
            { unsafe $0.nb_segs = .max },
        ]
    }

    @Test func lengthsThatContradictEachOtherGetAnAnswer() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 15, dataRoom: 384, cacheSize: 0, in: primary)
                let pieces = unsafe try Foreign.packetPool("pieces", capacity: 31, dataRoom: 384)
                let ring = try SharedRing<Packet>(creating: "r", capacity: 7, in: primary)
                var consumer = try ring.makeConsumer()
                let count = unsafe Self.contradictions.count
                // One segment of 100 bytes, or two segments of 200 and 44 bytes.
                for length in [100, 244] {
                    for number in 0..<count {
                        var packet = unsafe try copy(length, of: pool, into: pieces, through: &consumer)
                        let before = unsafe packet._mbuf.pointee
                        unsafe Self.contradictions[number](&packet._mbuf.pointee)
                        let wrong = unsafe packet._mbuf.pointee
                        func expectUnchanged(_ line: Int = #line) {
                            let now = unsafe packet._mbuf.pointee
                            let same =
                                unsafe now.data_off == wrong.data_off && now.data_len == wrong.data_len
                                && now.pkt_len == wrong.pkt_len
                            check(same, "\(line): \(length) bytes, contradiction \(number)")
                        }
                        let room = unsafe Int(wrong.buf_len)
                        check(packet.bytes.byteCount <= room && packet.mutableBytes.byteCount <= room)
                        check(packet.headroom <= room && (0...room).contains(packet.tailroom), "\(number)")
                        for offset in [0, 98, 99, 101, 243, 299, 383, 65_534, 1 << 32 - 9] {
                            _ = packet.load(at: offset, as: UInt64.self)
                            _ = packet.store(UInt8(0), at: offset)
                        }
                        check(!packet.store(UInt16(0), at: 383))
                        check(!packet.append(repeating: 0, count: 385) && !packet.prepend(repeating: 0, count: 385))
                        check(!packet.trimStart(385) && !packet.trimEnd(385))
                        expectUnchanged()
                        // These may give any answer, but must not trap.
                        _ = packet.append(repeating: 0, count: 1)
                        _ = packet.prepend(repeating: 0, count: 1)
                        _ = packet.trimStart(1)
                        _ = packet.trimEnd(1)
                        _ = packet.linearize()
                        unsafe packet._mbuf.pointee = before
                    }
                }
            }
        }
    }

    @Test func freesWhatGoesOutOfScope() async {
        await #expect(processExitsWith: .success) {
            try asPrimary { primary in
                let pool = try PacketPool(creating: "p", capacity: 3, dataRoom: 256, cacheSize: 0, in: primary)
                func consume(_ packet: consuming Packet) -> Int { packet.length }
                for _ in 0..<1_000 {
                    let first = try pool.packet()
                    let second = try pool.packet()
                    check(consume(first) == 0 && pool.inUseCount == 1)
                    var third: Packet? = try pool.packet()
                    check(pool.inUseCount, is: 2)
                    third = nil
                    check(third == nil && pool.inUseCount == 1)
                    check(second.length, is: 0)
                }
                check(pool.inUseCount, is: 0)
                let error = #expect(throws: DPDKError.self) {
                    let packet = try pool.packet()
                    check(packet.length, is: 0)
                    try primary.shutdown()
                }
                check(error?.code == .inUse && error?.message.contains("a single packet") ?? false)
                check(pool.inUseCount, is: 0)
            }
        }
    }
}

/// The bytes of all segments, each of which is read separately.
func content(of packet: borrowing Packet) -> [UInt8] {
    var bytes: [UInt8] = []
    for offset in 0..<packet.length { bytes.append(packet.load(at: offset) ?? 0) }
    return bytes
}

/// A packet with the bytes 0, 1, 2, …. A C program took its buffers from another pool and sent it through ring `r`.
private func copy(
    _ length: Int, of pool: PacketPool, into pieces: OpaquePointer,
    through consumer: inout SharedRing<Packet>.Consumer
) throws -> Packet {
    var packet = try pool.packet()
    let bytes = (0..<length).map { UInt8($0) }
    check(unsafe packet.append(bytes.span.bytes))
    unsafe try Foreign.enqueue(try Foreign.copy(packet, into: pieces), into: "r")
    guard let copied = try consumer.dequeue() else { throw Missing(what: "packet in the ring") }
    return copied
}
