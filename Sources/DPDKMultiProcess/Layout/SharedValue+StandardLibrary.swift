public import Synchronization

// MARK: - Numbers

extension Int8: SharedValue {
    /// Gives the layout `i8`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "i8", of: Self.self) }
}

extension Int16: SharedValue {
    /// Gives the layout `i16`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "i16", of: Self.self) }
}

extension Int32: SharedValue {
    /// Gives the layout `i32`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "i32", of: Self.self) }
}

extension Int64: SharedValue {
    /// Gives the layout `i64`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "i64", of: Self.self) }
}

extension Int128: SharedValue {
    /// Gives the layout `i128`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "i128", of: Self.self)
    }
}

extension UInt8: SharedValue {
    /// Gives the layout `u8`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "u8", of: Self.self) }
}

extension UInt16: SharedValue {
    /// Gives the layout `u16`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "u16", of: Self.self) }
}

extension UInt32: SharedValue {
    /// Gives the layout `u32`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "u32", of: Self.self) }
}

extension UInt64: SharedValue {
    /// Gives the layout `u64`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "u64", of: Self.self) }
}

extension UInt128: SharedValue {
    /// Gives the layout `u128`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "u128", of: Self.self)
    }
}

extension Int: SharedValue {
    /// Gives the layout of the integer of the same width, `i64` on the machines that DPDK runs on.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "i\(bitWidth)", of: Self.self)
    }
}

extension UInt: SharedValue {
    /// Gives the layout of the integer of the same width, `u64` on the machines that DPDK runs on.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "u\(bitWidth)", of: Self.self)
    }
}

#if !(os(macOS) && arch(x86_64))
extension Float16: SharedValue {
    /// Gives the layout `f16`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "f16", of: Self.self) }
}
#endif

extension Float: SharedValue {
    /// Gives the layout `f32`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "f32", of: Self.self) }
}

extension Double: SharedValue {
    /// Gives the layout `f64`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout { try SharedLayout(leaf: "f64", of: Self.self) }
}

extension Bool: SharedValue {
    /// Gives the layout `bool`.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(leaf: "bool", of: Self.self)
    }
}

// MARK: - Vectors

extension SIMD2: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 2 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 2, Scalar.self, of: Self.self)
    }
}

extension SIMD3: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 3 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 3, Scalar.self, of: Self.self)
    }
}

extension SIMD4: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 4 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 4, Scalar.self, of: Self.self)
    }
}

extension SIMD8: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 8 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 8, Scalar.self, of: Self.self)
    }
}

extension SIMD16: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 16 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 16, Scalar.self, of: Self.self)
    }
}

extension SIMD32: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 32 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 32, Scalar.self, of: Self.self)
    }
}

extension SIMD64: SharedValue where Scalar: SharedValue {
    /// Gives the layout of a vector of 64 scalars.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(vector: 64, Scalar.self, of: Self.self)
    }
}

// MARK: - Arrays and atomics

extension InlineArray: SharedValue where Element: SharedValue & ~Copyable {
    /// Gives the layout of an array of the elements' layout.
    ///
    /// Throws `.unsupportedType`, when the array is empty or its elements cannot be shared.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(array: count, Element.self, of: Self.self)
    }

    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { Element._isSharedAtomic }
}

extension Atomic: SharedValue where Value: SharedValue {
    /// Gives the layout of an atomic of the value.
    ///
    /// Throws `.unsupportedType`, when the value cannot be shared.
    public static func sharedLayout() throws(DPDKError) -> SharedLayout {
        try SharedLayout(atomic: Value.self, of: Self.self)
    }

    /// An implementation detail of ``SharedAtomicValue``.
    public static var _isSharedAtomic: Bool { true }
}
