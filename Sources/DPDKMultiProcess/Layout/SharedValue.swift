/// A type whose values processes can share in memory.
///
/// The library conforms the integers, the floating-point numbers, `Bool`, the SIMD types, `InlineArray`, and `Atomic`
/// of these. Your own structure only declares the conformance:
///
///     struct Level: SharedValue { var price: Double; var quantity: UInt32 }
///
/// The type of each stored property must conform, too. Creating or looking up a ring or a region checks this, and
/// throws `.unsupportedType` with the path of a property that does not conform. Pointers, classes, existentials,
/// optionals, tuples and plain enumerations do not conform, because an address or a type of this process means nothing
/// in another.
///
/// An enumeration conforms if it is `CaseIterable` and has an integer raw type, as in
/// `enum Side: UInt8, CaseIterable, SharedValue`. Memory holds the index of the case, in 1 byte for up to 256 cases,
/// and not the raw value. So the names, order and raw values of the cases are part of the layout. A process that does
/// not use this library must not write an index that has no case.
///
/// A structure of counters can be copyable: use fields of `UInt64`, or `InlineArray`s of them, and
/// ``SharedRegion/makeCounters(at:)`` to count in place. A noncopyable structure, for instance one with atomics, states
/// its fields itself, because Swift's reflection does not give their types; see ``SharedLayout/structure(of:fields:)``.
/// Its `deinit` is never called for a value in shared memory.
public protocol SharedValue: ~Copyable, Sendable {
    /// Gives the layout of the type.
    ///
    /// Copyable types have a default that uses reflection. To find a layout, call ``SharedLayout/init(of:)``, which
    /// checks the result. It takes some ten microseconds; it is for set-up.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType`; the error names the property that cannot be shared, and says what to use instead.
    static func sharedLayout() throws(DPDKError) -> SharedLayout

    /// Whether the type declares that it consists of atomics. An implementation detail of ``SharedAtomicValue``.
    static var _isSharedAtomic: Bool { get }
}

extension SharedValue where Self: ~Copyable {
    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { false }
}

extension SharedValue {
    /// Finds the layout of a structure by reflection.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType`; the error names the property that cannot be shared, and says what to use instead.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(reflecting: Self.self)
    }
}

extension SharedValue where Self: ~Copyable {
    /// Makes the compiler say what a noncopyable type must implement.
    @available(
        *, unavailable,
        message: "return SharedLayout.structure(of:fields:), or use a copyable structure with makeCounters(at:)"
    )
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { fatalError("unavailable") }
}

extension SharedValue where Self: RawRepresentable & CaseIterable, RawValue: FixedWidthInteger {
    /// Gives the layout of an enumeration with a raw type. Its cases are those of `allCases`.
    ///
    /// It takes a fraction of a millisecond.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if there is only one case, or if cases carry values.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        guard Reflection.kind(of: Self.self) == .enumeration else { return try SharedLayout(reflecting: Self.self) }
        return try SharedLayout(enumeration: Self.self)
    }
}
