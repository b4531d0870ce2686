/// What a ring carries: values, which are copied through it, or packets, which move.
///
/// Declare ``RingValue`` for a type of your own; only the library conforms types to this protocol alone.
public protocol RingElement: ~Copyable {
    /// What lies in a slot of the ring: the value itself, or a packet's address.
    associatedtype Slot: BitwiseCopyable

    /// Gives the layout of a slot, which creation records and look-up compares. It is for set-up.
    ///
    /// Throws `.unsupportedType`, when the element cannot be shared.
    static func slotLayout() throws(DPDKError) -> SharedLayout
}

/// A value that rings carry by copying its bytes.
///
/// A structure of your own conforms by declaring it; it needs nothing else, public or not:
///
///     struct Tick: RingValue {
///         var instrument: UInt32
///         var quantity: UInt32
///         var price: Double
///     }
///
/// The compiler refuses classes and everything else that cannot be copied byte by byte; creation and look-up of a ring
/// refuse what is left, by the rules of ``SharedValue``, and strides that are no multiple of 4 bytes.
public protocol RingValue: RingElement, SharedValue, BitwiseCopyable where Slot == Self {}

extension RingValue {
    /// Gives the layout of the value, checked for a ring.
    ///
    /// Throws `.unsupportedType`, when the value cannot be shared, or its stride is no multiple of 4 bytes.
    public static func slotLayout() throws(DPDKError) -> SharedLayout {
        let layout = try SharedLayout(of: Self.self)
        try layout.validateForRing()
        return layout
    }
}

extension Packet: RingElement {
    /// What lies in a slot of a ring of packets: the address of an `rte_mbuf`.
    @safe public struct Slot: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let mbuf: UnsafeMutableRawPointer

        @inlinable
        init(_ mbuf: UnsafeMutableRawPointer) { unsafe self.mbuf = mbuf }
    }

    /// Gives the layout `packet`: the address of an `rte_mbuf`, as C programs have it in their rings.
    public static func slotLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "packet", of: Slot.self, named: "Packet")
    }
}
