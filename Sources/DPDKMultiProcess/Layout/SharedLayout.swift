/// The memory layout of a type, in a form that processes can compare.
///
/// Two layouts are equal if they have the same size, stride and alignment, and fields with the same names, offsets and
/// kinds in the same order. The names of the types do not matter. On one architecture, the layout of a type is the same
/// in every process and every build.
public struct SharedLayout: Sendable {
    /// The size of a value in bytes without padding at its end, at least 1.
    public let size: Int

    /// The distance between two elements of an array in bytes, at least 1.
    public let stride: Int

    /// The alignment in bytes: a power of 2, at most 64.
    public let alignment: Int

    /// The name of the type. Only messages use it; layouts are compared without it.
    public let typeName: String

    /// A 64-bit hash of the size, the stride, the alignment, and the name, offset and kind of each field.
    ///
    /// It is the same in every process and build, and changes only with the format of the shared registry.
    package let fingerprint: UInt64

    /// Whether the type consists of atomics, so that any number of threads and processes may use a value at once.
    public let isAtomic: Bool

    /// The fields of a structure in the order of declaration; empty for other types.
    public var fields: [Field] {
        guard case .structure(let fields) = shape else { return [] }
        return fields
    }

    let shape: Shape

    /// The type of this process that has the layout.
    let type: ObjectIdentifier

    /// The alignment of shared objects: a cache line, 64 bytes. A type cannot have a larger one.
    static let maximumAlignment = 64

    /// What a type consists of.
    indirect enum Shape: Hashable, Sendable {
        case leaf(String)
        case vector(Int, of: SharedLayout)
        case atomic(SharedLayout)
        case enumeration([Case])
        case array(Int, of: SharedLayout)
        case structure([Field])
    }

    /// A stored property of a structure.
    public struct Field: Hashable, Sendable {
        /// The property's name.
        public let name: String
        /// The distance in bytes from the beginning of the structure to the field.
        public let offset: Int
        /// The layout of the property's type.
        public let layout: SharedLayout
    }

    /// A case of an enumeration.
    struct Case: Hashable, Sendable {
        /// The index that is stored for the case.
        let index: UInt32
        /// The name of the case; empty if the program was built without names.
        let name: String
        /// The raw value in decimal digits.
        let rawValue: String
    }

    /// Finds and checks the layout of a type.
    ///
    /// It takes some ten microseconds, or a fraction of a millisecond with enumerations, and allocates memory; it is
    /// for set-up. Any thread may call it, also before EAL starts.
    /// - Parameter type: The type.
    /// - Throws: `.unsupportedType` if the type cannot be shared, or if its own `sharedLayout()` describes another
    ///   type. The error names the property, and says what to use instead.
    public init<T: SharedValue & ~Copyable>(of type: T.Type) throws(DPDKError) {
        let layout = try T.sharedLayout()
        guard layout.type == Reflection.identifier(of: type) else { throw .describesAnotherType(type, layout) }
        if T._isSharedAtomic { try layout.validateAtomic() }
        self = layout
    }

    /// Makes a layout from the measured size of a type and a shape that has been checked.
    init<T: ~Copyable>(_ shape: Shape, of type: T.Type, named name: String? = nil, isAtomic: Bool) throws(DPDKError) {
        guard MemoryLayout<T>.size > 0 else { throw .zeroSized(type) }
        guard MemoryLayout<T>.alignment <= Self.maximumAlignment else { throw .overaligned(type) }
        size = MemoryLayout<T>.size
        stride = MemoryLayout<T>.stride
        alignment = MemoryLayout<T>.alignment
        typeName = name ?? Reflection.name(of: type)
        self.type = Reflection.identifier(of: type)
        self.shape = shape
        self.isAtomic = isAtomic
        fingerprint = Fingerprint(shape, size: size, stride: stride, alignment: alignment).value
    }
}

extension SharedLayout: Hashable {
    /// Whether the layouts are the same. The names of the types do not matter.
    public static func == (left: Self, right: Self) -> Bool {
        left.fingerprint == right.fingerprint && left.size == right.size && left.stride == right.stride
            && left.alignment == right.alignment && left.shape == right.shape
    }

    /// Feeds the fingerprint into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
    }
}
