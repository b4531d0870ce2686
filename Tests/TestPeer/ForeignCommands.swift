import CDPDK

/// What a process without the library does with the objects of a group: it calls DPDK's functions, after `c-start`.
let foreignCommands: [String: Command] = [
    // `c-enqueue RING NUMBER…`: answers with how many were enqueued.
    "c-enqueue": { request, _ in
        let ring = unsafe try foreignRing(request)
        let numbers = try request.words.indices.dropFirst().map { try request.number($0, as: UInt64.self) }
        return "\(unsafe cdpdk_ring_enqueue_burst(ring, numbers, 8, UInt32(numbers.count)))"
    },
    // `c-dequeue RING COUNT`: answers with the numbers.
    "c-dequeue": { request, _ in
        let ring = unsafe try foreignRing(request)
        var numbers = [UInt64](repeating: 0, count: try request.number(1))
        let count = unsafe cdpdk_ring_dequeue_burst(ring, &numbers, 8, UInt32(numbers.count))
        return numbers.prefix(Int(count)).map(String.init).joined(separator: " ")
    },
    // `c-pass RING POOL COUNT`: allocates packets and enqueues them; answers with how many are free afterwards.
    "c-pass": { request, _ in
        let pool = unsafe try foreignPool(request, 1)
        let count: UInt32 = try request.number(2)
        var packets = unsafe [UnsafeMutableRawPointer](
            repeating: UnsafeMutableRawPointer(pool), count: Int(count))
        guard unsafe cdpdk_pool_allocate(pool, &packets, count) else { return "none" }
        _ = unsafe cdpdk_ring_enqueue_burst(try foreignRing(request), packets, 8, count)
        return "\(unsafe cdpdk_pool_available(pool))"
    },
    // `c-read-zone NAME OFFSET`: the 64 bits at an offset of a memory zone.
    "c-read-zone": { request, _ in
        var zone = unsafe cdpdk_memzone_view()
        guard unsafe cdpdk_memzone_lookup(try request.word(0), &zone) == 0, let address = unsafe zone.address else {
            throw Misuse("there is no zone '\(try request.word(0))'")
        }
        return "\(unsafe address.load(fromByteOffset: try request.number(1), as: UInt64.self))"
    },
]

private func foreignRing(_ request: Request) throws -> OpaquePointer {
    let name = try request.word(0)
    guard let ring = unsafe cdpdk_ring_lookup(name) else { throw Misuse("there is no ring '\(name)'") }
    return unsafe ring
}

private func foreignPool(_ request: Request, _ index: Int) throws -> OpaquePointer {
    let name = try request.word(index)
    guard let pool = unsafe cdpdk_pool_lookup(name) else { throw Misuse("there is no pool '\(name)'") }
    return unsafe pool
}
