@_spi(Reflection) internal import Swift

/// What the compiler recorded of a type.
///
/// The standard library's `_forEachField` gives the names and offsets of the stored properties of any structure. It
/// gives the types of the copyable ones; it sees nothing inside enumerations. Its metatype parameter cannot spell a
/// noncopyable type, though the metadata behind it is of the same form; hence the casts.
enum Reflection {
    /// A stored property.
    struct Property {
        let name: String
        let offset: Int
        let kind: Kind
        /// The property's type; nil where it is noncopyable.
        let type: Any.Type?
    }

    /// What sort of type it is.
    enum Kind { case structure, enumeration, optional, tuple, function, existential, metatype, reference, other }

    /// The stored properties in the order of declaration; empty where nothing is recorded.
    static func fields<T: ~Copyable>(of type: T.Type) -> [Property] {
        var found: [Property] = []
        _ = unsafe _forEachField(of: metatype(type)) { name, offset, type, kind in
            let isKnown = ObjectIdentifier(type) != ObjectIdentifier(Void.self)
            found.append(
                Property(
                    name: unsafe String(cString: name), offset: offset, kind: Kind(kind), type: isKnown ? type : nil))
            return true
        }
        return found
    }

    /// Whether the type is a structure, an enumeration, a class…; nil where that is not recorded.
    static func kind<T: ~Copyable>(of type: T.Type) -> Kind? { fields(of: Wrapper<T>.self).first?.kind }

    /// The type's name without its module, for people.
    static func name<T: ~Copyable>(of type: T.Type) -> String { _typeName(metatype(type), qualified: false) }

    /// What tells the type from others in this process.
    static func identifier<T: ~Copyable>(of type: T.Type) -> ObjectIdentifier { ObjectIdentifier(metatype(type)) }

    private static func metatype<T: ~Copyable>(_ type: T.Type) -> Any.Type {
        unsafe unsafeBitCast(type, to: Any.Type.self)
    }

    /// A structure with one field, since the kind of a type is given for the types of fields only.
    private struct Wrapper<T: ~Copyable>: ~Copyable { let value: T }
}

extension Reflection.Kind {
    fileprivate init(_ kind: _MetadataKind) {
        self =
            switch kind {
            case .struct: .structure
            case .enum: .enumeration
            case .optional: .optional
            case .tuple: .tuple
            case .function: .function
            case .existential: .existential
            case .metatype, .existentialMetatype: .metatype
            case .class, .foreignClass, .objcClassWrapper: .reference
            default: .other
            }
    }
}
