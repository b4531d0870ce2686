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
