extension Packet: RingElement {
    /// What lies in a slot of a ring of packets: the address of an `rte_mbuf`.
    @safe public struct Slot: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let mbuf: UnsafeMutableRawPointer

        @inlinable
        init(_ mbuf: UnsafeMutableRawPointer) { unsafe self.mbuf = mbuf }
    }

    /// Gives the layout `packet`: the address of an `rte_mbuf`, as C programs have it in their rings.
    public static func slotLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "packet", of: Slot.self, isAtomic: false)
    }
}
