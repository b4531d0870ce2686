public import CDPDK

/// One packet, owned: it goes back to its pool at the end of its scope, unless it was moved elsewhere before.
///
/// A packet cannot be copied, so it can be neither leaked nor freed twice. A function that takes a packet consumes it;
/// a function that could not take it gives it back. Hold many packets in a ``PacketBurst``. ``PacketAccess`` says what
/// can be done with a packet's bytes.
///
/// Each packet that is held alone is listed in the process's arena, so that the primary can give it back to its pool
/// after the process's death. The corresponding C type is `struct rte_mbuf *`.
@frozen @safe public struct Packet: ~Copyable, PacketAccess, @unchecked Sendable {
    /// An implementation detail: the packet's `rte_mbuf`.
    public let _mbuf: UnsafeMutablePointer<cdpdk_mbuf>
    /// The packet's place in the arena.
    @usableFromInline let single: UnsafeMutablePointer<cdpdk_arena_single>

    /// Owns the packet that `take` lists as the only one of a single and returns, or is nil if `take` returns nil.
    @inlinable @inline(__always)
    init?(
        taking take: (_ single: UnsafeMutablePointer<cdpdk_arena_single>) -> UnsafeMutableRawPointer?
    ) throws(DPDKError) {
        let single = unsafe try Arena.takeSingle()
        guard let mbuf = unsafe take(single) else {
            unsafe cdpdk_arena_release_single(single)
            return nil
        }
        unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe self.single = single
    }

    /// Takes over a packet and lists it. If this throws, the packet still belongs to the caller.
    @inlinable
    init(listing mbuf: UnsafeMutableRawPointer) throws(DPDKError) {
        unsafe single = try Arena.takeSingle()
        unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe cdpdk_single_entry(single).pointee = mbuf
        unsafe cdpdk_record_list(record, 0, 1)
    }

    /// Takes over a packet of a ring, which the ring gives up only after this, and lists it.
    /// - Parameters:
    ///   - operation: What the record says of the ring.
    ///   - end: The position of the ring after the packet.
    @inlinable
    init(dequeuing mbuf: UnsafeMutableRawPointer, _ operation: UInt64, to end: UInt32) throws(DPDKError) {
        unsafe single = try Arena.takeSingle()
        unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe cdpdk_single_entry(single).pointee = mbuf
        unsafe cdpdk_record_begin_at(record, cdpdk_listed(0, 1) | operation, end)
    }

    /// What is being done with the packet.
    @inlinable
    var record: UnsafeMutablePointer<cdpdk_record> { unsafe cdpdk_single_record(single) }

    /// Ends the ownership without freeing the packet, which is listed elsewhere by now.
    @inlinable
    consuming func unlist() {
        unsafe cdpdk_arena_release_single(single)
        discard self
    }

    @inlinable
    deinit {
        unsafe cdpdk_packets_free_single(single, _mbuf)
    }
}

/// A packet of a burst, to be read and changed in place.
///
/// The burst goes on to own the packet: it cannot be moved out of the burst, freed or exchanged through this view. The
/// view does not outlive the closure or the access that it was given to. ``PacketAccess`` says what can be done with
/// it.
@safe public struct PacketView: ~Copyable, ~Escapable, PacketAccess {
    /// An implementation detail: the packet's `rte_mbuf`.
    public let _mbuf: UnsafeMutablePointer<cdpdk_mbuf>

    @_lifetime(immortal)
    @inlinable
    init(_ mbuf: UnsafeMutableRawPointer) { unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self) }
}
