public import Synchronization

// MARK: - Numbers

extension SharedValue where Self: FixedWidthInteger {
    /// Gives the layout of an integer by its signedness and width, for instance `i64` or `u8`.
    ///
    /// `Int` and `UInt` have the layout of the integer of the same width.
    /// - Returns: The layout.
    /// - Throws: Nothing for the integers of the standard library.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(.leaf("\(isSigned ? "i" : "u")\(bitWidth)"), of: Self.self, isAtomic: false)
    }
}

extension SharedValue where Self: BinaryFloatingPoint {
    /// Gives the layout of a floating-point number by its width, for instance `f64`.
    /// - Returns: The layout.
    /// - Throws: Nothing for the floating-point numbers that the library conforms.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        // The sign has a bit as well.
        let width = 1 + exponentBitCount + significandBitCount
        return try SharedLayout(.leaf("f\(width)"), of: Self.self, isAtomic: false)
    }
}

extension Int8: SharedValue {}
extension Int16: SharedValue {}
extension Int32: SharedValue {}
extension Int64: SharedValue {}
extension Int128: SharedValue {}
extension Int: SharedValue {}
extension UInt8: SharedValue {}
extension UInt16: SharedValue {}
extension UInt32: SharedValue {}
extension UInt64: SharedValue {}
extension UInt128: SharedValue {}
extension UInt: SharedValue {}
#if !(os(macOS) && arch(x86_64))
extension Float16: SharedValue {}
#endif
extension Float: SharedValue {}
extension Double: SharedValue {}

extension Bool: SharedValue {
    /// Gives the layout `bool`.
    /// - Returns: The layout.
    /// - Throws: Nothing.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(.leaf("bool"), of: Self.self, isAtomic: false)
    }
}

// MARK: - Vectors

extension SharedValue where Self: SIMD, Scalar: SharedValue {
    /// Gives the layout of a vector: the number of its scalars and their layout.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if the scalar cannot be shared, or if the vector is aligned to more than 64 bytes.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(.vector(scalarCount, of: SharedLayout(of: Scalar.self)), of: Self.self, isAtomic: false)
    }
}

extension SIMD2: SharedValue where Scalar: SharedValue {}
extension SIMD3: SharedValue where Scalar: SharedValue {}
extension SIMD4: SharedValue where Scalar: SharedValue {}
extension SIMD8: SharedValue where Scalar: SharedValue {}
extension SIMD16: SharedValue where Scalar: SharedValue {}
extension SIMD32: SharedValue where Scalar: SharedValue {}
extension SIMD64: SharedValue where Scalar: SharedValue {}

// MARK: - Arrays and atomics

extension InlineArray: SharedValue where Element: SharedValue & ~Copyable {
    /// Gives the layout of an array: the number of its elements and their layout.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if the array is empty, or if its elements cannot be shared.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        guard count > 0 else { throw .zeroSized(Self.self) }
        let element = try SharedLayout.part(Element.self, of: Self.self, as: "[]")
        return try SharedLayout(.array(count, of: element), of: Self.self, isAtomic: element.isAtomic)
    }

    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { Element._isSharedAtomic }
}

extension Atomic: SharedValue where Value: SharedValue {
    /// Gives the layout of an atomic: that of its value, marked as atomic.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if the value cannot be shared.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        let value = try SharedLayout.part(Value.self, of: Self.self, as: ".value")
        return try SharedLayout(.atomic(value), of: Self.self, isAtomic: true)
    }

    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { true }
}
