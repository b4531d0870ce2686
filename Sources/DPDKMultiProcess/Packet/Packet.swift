public import CDPDK

/// One packet, owned: it goes back to its pool at the end of its scope, unless it was moved elsewhere before.
///
/// A packet cannot be copied, so it can be neither leaked nor freed twice. A function that takes a packet consumes it;
/// a function that could not take it gives it back. Hold many packets in a ``PacketBurst``. ``PacketAccess`` says what
/// can be done with a packet's bytes.
///
/// Each packet that is held alone is listed in the process's arena, so that others can find it after the process's
/// death. The corresponding C type is `struct rte_mbuf *`.
@safe public struct Packet: ~Copyable, PacketAccess, @unchecked Sendable {
    /// An implementation detail: the packet's `rte_mbuf`.
    public let _mbuf: UnsafeMutablePointer<cdpdk_mbuf>
    /// The packet's entry in the arena.
    @usableFromInline let entry: UnsafeMutablePointer<UnsafeMutableRawPointer>

    /// Owns the packet that `take` writes to an entry of the arena, or is nil if `take` returns false.
    init?(taking take: (UnsafeMutablePointer<UnsafeMutableRawPointer>) -> Bool) throws(DPDKError) {
        let entry = unsafe try Arena.takeSingle()
        guard unsafe take(entry) else {
            unsafe cdpdk_arena_release_single(entry)
            return nil
        }
        unsafe _mbuf = entry.pointee.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe self.entry = entry
    }

    /// Takes over a packet and lists it. If this throws, the packet still belongs to the caller.
    @usableFromInline
    init(listing mbuf: UnsafeMutableRawPointer) throws(DPDKError) {
        unsafe entry = try Arena.takeSingle()
        unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe cdpdk_store_relaxed_64(
            UnsafeMutableRawPointer(entry).assumingMemoryBound(to: UInt64.self), UInt64(UInt(bitPattern: mbuf)))
    }

    /// Ends the ownership without freeing the packet, which is listed elsewhere by now.
    @usableFromInline
    consuming func unlist() {
        unsafe cdpdk_arena_release_single(entry)
        discard self
    }

    deinit {
        unsafe cdpdk_mbuf_free(_mbuf)
        unsafe cdpdk_arena_release_single(entry)
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
