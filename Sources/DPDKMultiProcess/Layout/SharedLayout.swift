/// How the values of a type lie in memory, in a form that processes can compare.
///
/// Two types have equal layouts when their sizes, strides and alignments are the same,
/// and the names, offsets and kinds of all their fields; the names of the types play no part. The layout of a type is
/// the same in every process and in every build, on one architecture.
public struct SharedLayout: Sendable {
    /// The bytes from the beginning of the first field to the end of the last, at least 1.
    public let size: Int

    /// The bytes from one element of an array to the next, at least 1.
    public let stride: Int

    /// The alignment in bytes, a power of 2 of at most 64.
    public let alignment: Int

    /// The type's name, for messages only; it is not part of the fingerprint.
    public let typeName: String

    /// A hash of the size, the stride, the alignment, and the name, offset and kind of every field.
    ///
    /// It is FNV-1a of 64 bits and may be stored: it is the same in every process and every build, and a later version
    /// of the library changes it only with the version of the shared registry.
    package let fingerprint: UInt64

    /// Whether everything in it is an atomic, so that any number of threads and processes may use it at once.
    public let isAtomic: Bool

    /// The fields of a structure in the order of their declaration; empty for any other type.
    public var fields: [Field] {
        guard case .structure(let fields) = shape else { return [] }
        return fields
    }

    let shape: Shape

    /// The type that it was made for, in this process.
    let type: ObjectIdentifier

    /// The largest alignment that shared objects give: a cache line, 64 bytes.
    static let maximumAlignment = 64

    /// What a value consists of.
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
        /// The bytes from the beginning of the structure to the field.
        public let offset: Int
        /// The layout of the property's type.
        public let layout: SharedLayout
    }

    /// A case of an enumeration.
    struct Case: Hashable, Sendable {
        /// What is stored for the case.
        let index: UInt32
        /// The case's name; empty where the program was built without the names.
        let name: String
        /// The raw value in decimal digits.
        let rawValue: String
    }

    /// Finds and checks the layout of a type.
    ///
    /// Takes some ten microseconds, a fraction of a millisecond with enumerations, and allocates; it is for set-up.
    ///
    /// Throws `.unsupportedType`, when the type cannot be shared, or when its own `sharedLayout()` describes
    ///   something else. The error names the property and says what to use instead.
    public init<T: SharedValue & ~Copyable>(of type: T.Type) throws(DPDKError) {
        let layout = try T.sharedLayout()
        guard layout.type == Reflection.identifier(of: type) else { throw .describesAnotherType(type, layout) }
        if T._isSharedAtomic { try layout.validateAtomic() }
        self = layout
    }

    /// Makes a layout of a type's measured size and a shape that has been checked.
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
    /// Whether the layouts are the same; the names of the types play no part.
    public static func == (left: Self, right: Self) -> Bool {
        left.fingerprint == right.fingerprint && left.size == right.size && left.stride == right.stride
            && left.alignment == right.alignment && left.shape == right.shape
    }

    /// Hashes the fingerprint.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(fingerprint)
    }
}
