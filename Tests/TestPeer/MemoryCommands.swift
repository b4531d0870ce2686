import CDPDK
import DPDKMultiProcess
import Glibc

/// What a process without the library does: it makes zones and rings that are not in the registry, and uses raw memory.
let memoryCommands: [String: Command] = [
    // `c-ring NAME STRIDE CAPACITY`
    "c-ring": { request, _ in
        let name = try request.word(0)
        var ring: OpaquePointer?
        let sync = CInt(CDPDK_RING_SYNC_ST)
        return "\(unsafe cdpdk_ring_create(name, try request.number(1), try request.number(2), -1, sync, sync, &ring))"
    },
    // `c-zone NAME BYTES`
    "c-zone": { request, _ in
        var zone = unsafe cdpdk_memzone_view()
        return "\(unsafe cdpdk_memzone_reserve(try request.word(0), try request.number(1), -1, &zone))"
    },
    // `c-fill BYTES`: reserves all memory of the group except for one piece of this size.
    "c-fill": { request, _ in
        var zone = unsafe cdpdk_memzone_view()
        guard unsafe cdpdk_memzone_reserve("piece", try request.number(0), -1, &zone) == 0 else { return "full" }
        var count = 0
        // A zone of length 0 gets the largest free piece.
        while unsafe cdpdk_memzone_reserve("fill\(count)", 0, -1, &zone) == 0 { count += 1 }
        return "\(unsafe cdpdk_memzone_free("piece"))"
    },
    // How many bytes of the shared heap are taken.
    "c-heap": { _, _ in
        typealias Ask = @convention(c) (CInt, UnsafeMutablePointer<UInt64>) -> CInt
        guard let symbol = unsafe dlsym(nil, "rte_malloc_get_socket_stats") else { throw Misuse("no such function") }
        let ask = unsafe unsafeBitCast(symbol, to: Ask.self)
        var sum: UInt64 = 0
        for node in 0..<CInt(8) {
            // Words 0 to 2, two counts in one, and the bytes that are taken.
            var words = [UInt64](repeating: 0, count: 8)
            if unsafe ask(node, &words) == 0 { sum += words[4] }
        }
        return "\(sum)"
    },
    // `poke ZONE OFFSET SIZE VALUE [times=COUNT step=BYTES]`: writes a number of 1, 4 or 8 bytes into a memory zone.
    "poke": { request, _ in
        let step = request.number("step") ?? 0
        for index in 0..<(request.number("times") ?? 1) {
            let place = unsafe try zone(request, size: request.number(2), skipping: index * step)
            switch try request.number(2, as: Int.self) {
            case 1: unsafe place.storeBytes(of: try request.number(3), as: UInt8.self)
            case 4: unsafe place.storeBytes(of: try request.number(3), as: UInt32.self)
            case 8: unsafe place.storeBytes(of: try request.number(3), as: UInt64.self)
            default: throw Misuse("a number has 1, 4 or 8 bytes")
            }
        }
        return ""
    },
    // `peek ZONE OFFSET SIZE`
    "peek": { request, _ in
        let place = unsafe try zone(request, size: request.number(2))
        return switch try request.number(2, as: Int.self) {
        case 1: "\(unsafe place.load(as: UInt8.self))"
        case 4: "\(unsafe place.load(as: UInt32.self))"
        case 8: "\(unsafe place.load(as: UInt64.self))"
        default: throw Misuse("a number has 1, 4 or 8 bytes")
        }
    },
]

private func zone(_ request: Request, size: Int, skipping skipped: Int = 0) throws -> UnsafeMutableRawPointer {
    var zone = unsafe cdpdk_memzone_view()
    let offset = try request.number(1) + skipped
    guard unsafe cdpdk_memzone_lookup(try request.word(0), &zone) == 0, let address = unsafe zone.address,
        offset >= 0, unsafe UInt64(offset + size) <= zone.length
    else { throw Misuse("there is no such place in a zone") }
    return unsafe address + offset
}
