extension DPDKError {
    private static func unsupportedType<T: ~Copyable>(
        _ type: T.Type, _ message: String, remedy: String
    ) -> DPDKError {
        DPDKError(.unsupportedType, "type '\(Reflection.name(of: type))'", message, remedy: remedy)
    }

    // MARK: Types

    static func zeroSized<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        unsupportedType(
            type, "the type has a size of 0 bytes",
            remedy: "Leave it out, or give it a stored property; an enumeration needs at least two cases")
    }

    static func overaligned<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        overaligned(name: Reflection.name(of: type), alignment: MemoryLayout<T>.alignment)
    }

    static func overaligned(name: String, alignment: Int) -> DPDKError {
        DPDKError(
            .unsupportedType, "type '\(name)'",
            "its alignment is \(alignment), but shared objects are aligned to \(SharedLayout.maximumAlignment) bytes",
            remedy: "Use a smaller vector type, or an InlineArray of smaller ones")
    }

    static func notAStructure<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        unsupportedType(
            type, "only structures, and enumerations with an integer raw type, can be shared",
            remedy: "Make it a struct whose stored properties conform to SharedValue")
    }

    /// The error for an enumeration that declares `SharedValue` and cannot be shared.
    static func enumeration<T>(_ type: T.Type, carriesValues: Bool = false) -> DPDKError {
        let (reason, remedy) = refusal(
            ofEnumeration: type, carriesValues: carriesValues || MemoryLayout<T>.size > 4,
            named: Reflection.name(of: type))
        return unsupportedType(type, reason, remedy: remedy)
    }

    private static func refusal(
        ofEnumeration type: Any.Type?, carriesValues: Bool = false, named name: String
    ) -> (String, remedy: String) {
        // The compiler makes an enumeration hashable if its cases carry no values.
        if carriesValues || !(type is any Hashable.Type) {
            return (
                "an enumeration whose cases carry values cannot be shared",
                "Use a struct that has a raw-valued enumeration and the values"
            )
        }
        return (
            "an enumeration can be shared only if it has an integer raw type and is CaseIterable",
            "Declare both, as in 'enum \(name): UInt8, CaseIterable, SharedValue', if no case carries a value"
        )
    }

    static func opaque<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        unsupportedType(
            type, "its stored properties are unknown, or are not at the offsets that Swift gives them",
            remedy: "Build the program with reflection metadata, and use a struct of fixed-width integers instead of C "
                + "unions, bit fields and packed structs")
    }

    // MARK: Layouts that a type states

    static func describesAnotherType<T: ~Copyable>(
        _ type: T.Type, _ layout: SharedLayout, in function: String = "sharedLayout()"
    ) -> DPDKError {
        unsupportedType(
            type, "its \(function) describes another type, '\(layout.typeName)'",
            remedy: "Return SharedLayout.structure(of: Self.self, fields: …) with the type's own fields")
    }

    static func measuresDisagree<T: ~Copyable>(_ type: T.Type, stated: Placement) -> DPDKError {
        unsupportedType(
            type,
            "the fields that it states take \(stated.end) bytes with alignment \(stated.alignment), but the type takes "
                + "\(MemoryLayout<T>.size) bytes with alignment \(MemoryLayout<T>.alignment)",
            remedy: "State every stored property with its own type, in the order of declaration")
    }

    static func fieldsDisagree<T: ~Copyable>(_ type: T.Type, stated: [String], declared: [String]) -> DPDKError {
        unsupportedType(
            type,
            "it states the fields \(stated.joined(separator: ", ")), but its stored properties are "
                + declared.joined(separator: ", "),
            remedy: "State every stored property under its own name, in the order of declaration")
    }

    static func typesDisagree<T: ~Copyable>(
        _ type: T.Type, field: String, stated: String, declared: String
    ) -> DPDKError {
        DPDKError(
            .unsupportedType, "property '\(Reflection.name(of: type)).\(field)'",
            "its stated type is '\(stated)', but its declared type is '\(declared)'",
            remedy: "State the declared type")
    }

    // MARK: Properties

    /// The error for a stored property whose type does not conform to `SharedValue`.
    static func unsupported(_ property: Reflection.Property, in type: String) -> DPDKError {
        let name = property.type.map { _typeName($0, qualified: false) } ?? "a noncopyable type"
        let (reason, remedy) = refusal(of: property, named: name)
        return DPDKError(
            .unsupportedType, "property '\(type).\(property.name)'", "'\(name)' cannot be shared: \(reason)",
            remedy: remedy)
    }

    /// The same error, with the path from a type that contains the refused one.
    func inside(_ whole: String, as component: String, of part: String) -> DPDKError {
        guard code == .unsupportedType, let object else { return self }
        let path =
            if object.hasPrefix("property '\(part)") { object.dropFirst("property '\(part)".count) } else { "'"[...] }
        return DPDKError(
            code, "property '\(whole)\(component)\(path)",
            object == "type '\(part)'" ? "'\(part)' cannot be shared: \(message)" : message, remedy: remedy)
    }

    private static func refusal(of property: Reflection.Property, named name: String) -> (String, remedy: String) {
        switch property.kind {
        case .reference:
            return ("a reference is an address in this process", "Use a SharedValue struct, or an index")
        case .existential:
            return ("an existential refers to types of this process", "Use a concrete SharedValue type")
        case .function:
            return ("a closure is an address in this process", "Use a raw-valued enumeration that says what to do")
        case .metatype:
            return ("a metatype is an address in this process", "Use a raw-valued enumeration that names the type")
        case .optional:
            return ("an optional does not conform to SharedValue", "Use a special value, or add a Bool property")
        case .tuple:
            return (
                "a tuple cannot conform to SharedValue",
                "Use an InlineArray for elements of one type, or a SharedValue struct"
            )
        case .enumeration:
            let (_, remedy) = refusal(ofEnumeration: property.type, named: name)
            return ("the enumeration does not conform to SharedValue", remedy)
        default: return refusal(ofStructure: property.type.map { _typeName($0, qualified: true) } ?? "", named: name)
        }
    }

    private static func refusal(ofStructure type: String, named name: String) -> (String, remedy: String) {
        let pointers = [
            "Unsafe", "OpaquePointer", "AutoreleasingUnsafe", "Unmanaged", "CVaListPointer", "ObjectIdentifier",
        ]
        let containers = [
            "Array", "ContiguousArray", "Dictionary", "Set", "String", "Substring", "Character", "StaticString",
        ]
        if pointers.contains(where: { type.hasPrefix("Swift.\($0)") }) {
            return ("an address means nothing in another process", "Use an index or a byte offset of a fixed width")
        }
        if containers.contains(where: { type == "Swift.\($0)" || type.hasPrefix("Swift.\($0)<") }) {
            return ("its elements are in this process's own memory", "Use an InlineArray, of UInt8 for text")
        }
        return ("the type does not conform to SharedValue", "Declare it, as in 'struct \(name): SharedValue'")
    }
}
