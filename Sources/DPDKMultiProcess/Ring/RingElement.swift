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
