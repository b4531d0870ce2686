/// What a ring carries: values, which are copied through it, or packets, which move through it.
///
/// Declare ``RingValue`` for a type of your own; only the library conforms types to this protocol alone.
public protocol RingElement: ~Copyable {
    /// The content of a slot of the ring: the value itself, or a packet's address.
    associatedtype Slot: BitwiseCopyable

    /// The layout of a slot, which creation records and look-up compares.
    ///
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if the element cannot be shared.
    ///
    /// This is for set-up.
    static func slotLayout() throws(DPDKError) -> SharedLayout
}

extension RingElement where Self: ~Copyable {
    /// Whether the element is a packet, which records list. It is known when code for one type of element is compiled.
    @inlinable @inline(__always)
    static var isPacket: Bool { Slot.self == Packet.Slot.self }
}

/// A value that rings carry by copying its bytes.
///
/// A structure of your own conforms by declaring the conformance; it needs nothing else, public or not:
///
///     struct Tick: RingValue {
///         var instrument: UInt32
///         var quantity: UInt32
///         var price: Double
///     }
///
/// The compiler refuses classes and everything else that cannot be copied byte by byte. Creation and look-up of a ring
/// refuse what breaks the rules of ``SharedValue``, and strides that are no multiple of 4 bytes.
public protocol RingValue: RingElement, SharedValue, BitwiseCopyable where Slot == Self {}

extension RingValue {
    /// The layout of the value, checked for a ring.
    ///
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if the value cannot be shared, or if its stride is no multiple of 4 bytes.
    public static func slotLayout() throws(DPDKError) -> SharedLayout {
        let layout = try SharedLayout(of: Self.self)
        try layout.validateForRing()
        return layout
    }
}

extension Packet: RingElement {
    /// The content of a slot of a ring of packets: the address of an `rte_mbuf`.
    @safe public struct Slot: BitwiseCopyable, @unchecked Sendable {
        @usableFromInline let mbuf: UnsafeMutableRawPointer

        @inlinable
        init(_ mbuf: UnsafeMutableRawPointer) { unsafe self.mbuf = mbuf }
    }

    /// The layout `packet`: the address of an `rte_mbuf`, as C programs put it into their rings.
    ///
    /// - Returns: The layout.
    /// - Throws: Nothing in practice.
    public static func slotLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(.leaf("packet"), of: Slot.self, named: "Packet", isAtomic: false)
    }
}
