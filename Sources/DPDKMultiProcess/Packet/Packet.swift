public import CDPDK

/// One packet, owned: it goes back to its pool when it goes out of scope, unless it was moved elsewhere before.
///
/// A packet cannot be copied, so it can be neither leaked nor freed twice. What takes one over consumes it; what cannot
/// take it gives it back. Many packets are better held in a ``PacketBurst``. See ``PacketAccess`` for what can be done
/// with its bytes.
///
/// Each packet that is held alone is listed in the process's arena, so that it can be found after the process's death.
/// The corresponding C type is `struct rte_mbuf *`.
@safe public struct Packet: ~Copyable, PacketAccess, @unchecked Sendable {
    /// An implementation detail: the packet's `rte_mbuf`.
    public let _mbuf: UnsafeMutablePointer<cdpdk_mbuf>
    /// Where the arena lists it.
    @usableFromInline let entry: UnsafeMutablePointer<UnsafeMutableRawPointer>

    /// Owns the packet that `take` writes to an entry of the arena; nil if it writes none, and returns false.
    init?(taking take: (UnsafeMutablePointer<UnsafeMutableRawPointer>) -> Bool) throws(DPDKError) {
        let entry = unsafe try Arena.takeSingle()
        guard unsafe take(entry) else {
            unsafe cdpdk_arena_release_single(entry)
            return nil
        }
        unsafe _mbuf = entry.pointee.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe self.entry = entry
    }

    /// Takes over a packet and lists it; if it throws, the packet is still the caller's to list.
    @usableFromInline
    init(listing mbuf: UnsafeMutableRawPointer) throws(DPDKError) {
        unsafe entry = try Arena.takeSingle()
        unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self)
        unsafe cdpdk_store_relaxed_64(
            UnsafeMutableRawPointer(entry).assumingMemoryBound(to: UInt64.self), UInt64(UInt(bitPattern: mbuf)))
    }

    /// Ends the ownership without freeing: the packet is listed elsewhere by now.
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

/// A packet of a burst, to read and change where it is.
///
/// It cannot leave the burst, be freed or be exchanged through this: the burst goes on to own it. It does not outlive
/// the closure or the access that it was given to. See ``PacketAccess`` for what can be done with it.
@safe public struct PacketView: ~Copyable, ~Escapable, PacketAccess {
    /// An implementation detail: the packet's `rte_mbuf`.
    public let _mbuf: UnsafeMutablePointer<cdpdk_mbuf>

    @_lifetime(immortal)
    @inlinable
    init(_ mbuf: UnsafeMutableRawPointer) { unsafe _mbuf = mbuf.assumingMemoryBound(to: cdpdk_mbuf.self) }
}
