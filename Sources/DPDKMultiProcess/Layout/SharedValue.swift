/// A type whose values may live in memory that processes share.
///
/// The protocol is a whitelist. The library conforms the integers, the floating-point numbers, `Bool`, the SIMD types,
/// `InlineArray`, and `Atomic` of them. A structure of your own conforms by declaring it:
///
///     struct Level: SharedValue { var price: Double; var quantity: UInt32 }
///
/// The type of each stored property must itself conform; that is checked where a ring or a region is created or looked
/// up, which throws `.unsupportedType` with the path of the property. Pointers, classes, existentials, optionals,
/// tuples and plain enumerations do not conform, because an address or a type of this process means nothing in another.
///
/// An enumeration conforms if its raw type is an integer and it lists its cases, as in
/// `enum Side: UInt8, CaseIterable, SharedValue`. What is stored is the index of the case, of 1 byte for up to 256
/// cases, and not the raw value; so the names, the order and the raw values of the cases are part of the layout. A
/// process without this library must never write an index that has no case.
///
/// A structure of counters need not be noncopyable: one with fields of `UInt64`, or `InlineArray`s of them, is counted
/// up in place through ``SharedRegion/makeCounters(at:)``. A noncopyable structure, which may hold atomics, states its
/// fields itself, since Swift's reflection does not give their types; see ``SharedLayout/structure(of:fields:)``. Its
/// `deinit`, if it has one, is never run for what lives in shared memory.
///
/// The requirement to be `Sendable` has the compiler refuse most pointers and references already.
public protocol SharedValue: ~Copyable, Sendable {
    /// Gives the type's layout in memory.
    ///
    /// A default finds it by reflection for every copyable type. Callers use ``SharedLayout/init(of:)`` instead, which
    /// checks the answer. Takes some ten microseconds; it is for set-up.
    ///
    /// Throws `.unsupportedType`, which names the property that cannot be shared and says what to use instead.
    static func sharedLayout() throws(DPDKError) -> SharedLayout

    /// Whether the type promises that only atomics are in it; an implementation detail of ``SharedAtomicValue``.
    static var _isSharedAtomic: Bool { get }
}

extension SharedValue where Self: ~Copyable {
    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { false }
}

extension SharedValue {
    /// Finds the layout of a structure by reflection.
    ///
    /// Throws `.unsupportedType`, which names the property that cannot be shared and says what to use instead.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(reflecting: Self.self)
    }
}

extension SharedValue where Self: ~Copyable {
    /// Tells, in the compiler's error, what a noncopyable type lacks.
    @available(
        *, unavailable,
        message: "return SharedLayout.structure(of:fields:), or use a copyable structure with makeCounters(at:)"
    )
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { fatalError("unavailable") }
}

extension SharedValue where Self: RawRepresentable & CaseIterable, RawValue: FixedWidthInteger {
    /// Gives the layout of an enumeration with a raw type: the cases are those of `allCases`.
    ///
    /// Takes a fraction of a millisecond.
    ///
    /// - Throws: `.unsupportedType` for one that has only one case, or whose cases carry values.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        guard Reflection.kind(of: Self.self) == .enumeration else { return try SharedLayout(reflecting: Self.self) }
        return try SharedLayout(enumeration: Self.self)
    }
}
