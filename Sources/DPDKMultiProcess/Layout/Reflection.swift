@_spi(Reflection) internal import Swift

/// What the compiler recorded about a type.
///
/// The standard library's `_forEachField` gives the names and offsets of the stored properties of any structure, and
/// the types of the copyable ones. It sees nothing inside enumerations. Its parameter cannot be a noncopyable type,
/// although the metadata of such a type has the same form, so metatypes are cast here.
enum Reflection {
    /// A stored property.
    struct Property {
        let name: String
        let offset: Int
        let kind: Kind
        /// The property's type; nil if it is noncopyable.
        let type: Any.Type?
    }

    /// The kind of a type.
    enum Kind { case structure, enumeration, optional, tuple, function, existential, metatype, reference, other }

    /// The stored properties in the order of declaration; empty if the compiler recorded none.
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

    /// The kind of a type; nil if the compiler recorded nothing about it.
    static func kind<T: ~Copyable>(of type: T.Type) -> Kind? { fields(of: Wrapper<T>.self).first?.kind }

    /// The type's name without its module, for messages.
    static func name<T: ~Copyable>(of type: T.Type) -> String { _typeName(metatype(type), qualified: false) }

    /// What identifies the type in this process.
    static func identifier<T: ~Copyable>(of type: T.Type) -> ObjectIdentifier { ObjectIdentifier(metatype(type)) }

    private static func metatype<T: ~Copyable>(_ type: T.Type) -> Any.Type {
        unsafe unsafeBitCast(type, to: Any.Type.self)
    }

    /// A structure with one field. Reflection gives only the kinds of fields' types.
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
