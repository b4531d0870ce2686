import CDPDK
import DPDKMultiProcess
import Glibc
import Testing

/// Objects as a C program without this library makes them, with no entry in the registry.
enum Foreign {
    /// `rte_pktmbuf_pool_create`.
    static func packetPool(_ name: String, capacity: Int, dataRoom: Int = 2_176) throws -> OpaquePointer {
        var pool: OpaquePointer?
        let status = unsafe cdpdk_pool_create(
            name, UInt32(capacity), 0, 0, UInt16(dataRoom), -1, "ring_mp_mc", &pool)
        #expect(status == 0)
        return unsafe try #require(pool)
    }

    /// `rte_mempool_create`: a pool of any elements.
    static func pool(_ name: String, elementSize: UInt32, privateSize: UInt32) throws -> OpaquePointer {
        typealias Create =
            @convention(c) (
                UnsafePointer<CChar>, CUnsignedInt, CUnsignedInt, CUnsignedInt, CUnsignedInt, OpaquePointer?,
                OpaquePointer?, OpaquePointer?, OpaquePointer?, CInt, CUnsignedInt
            ) -> OpaquePointer?
        let create = unsafe try function("rte_mempool_create", as: Create.self)
        return unsafe try #require(create(name, 15, elementSize, 0, privateSize, nil, nil, nil, nil, -1, 0))
    }

    /// `rte_pktmbuf_copy`: a copy in buffers of another pool, with many segments if those are smaller.
    static func copy(_ packet: borrowing Packet, into pool: OpaquePointer) throws -> UnsafeMutableRawPointer {
        typealias Copy =
            @convention(c) (UnsafeRawPointer, OpaquePointer, UInt32, UInt32) -> UnsafeMutableRawPointer?
        let copy = unsafe try function("rte_pktmbuf_copy", as: Copy.self)
        return unsafe try #require(copy(UnsafeRawPointer(packet._mbuf), pool, 0, .max))
    }

    /// `rte_ring_enqueue`: enqueues a packet as a C program does.
    static func enqueue(_ packet: UnsafeMutableRawPointer, into ring: String) throws {
        let ring = unsafe try #require(cdpdk_ring_lookup(ring))
        var slot: UnsafeMutableRawPointer? = unsafe packet
        #expect(unsafe cdpdk_ring_enqueue_bulk(ring, &slot, 8, 1) == 1)
    }

    private static func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
        let address = unsafe try #require(dlsym(nil, name), "no function \(name)")
        return unsafe unsafeBitCast(address, to: type)
    }
}
