extension DPDKError {
    private static func unsupportedType<T: ~Copyable>(
        _ type: T.Type, _ message: String, remedy: String
    ) -> DPDKError {
        DPDKError(.unsupportedType, "type '\(Reflection.name(of: type))'", message, remedy: remedy)
    }

    // MARK: Types

    static func zeroSized<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        unsupportedType(
            type, "The type has no bytes to share",
            remedy: "Leave it out, or give it a stored property; an enumeration needs two cases or more")
    }

    static func overaligned<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        overaligned(name: Reflection.name(of: type), alignment: MemoryLayout<T>.alignment)
    }

    static func overaligned(name: String, alignment: Int) -> DPDKError {
        DPDKError(
            .unsupportedType, "type '\(name)'",
            "Its alignment is \(alignment), and shared objects are aligned to \(SharedLayout.maximumAlignment) bytes",
            remedy: "Use a smaller vector type, or an InlineArray of smaller ones")
    }

    static func notAStructure<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        unsupportedType(
            type, "Only structures and enumerations with an integer raw type can be shared",
            remedy: "Make it a struct whose stored properties are SharedValue")
    }

    /// The refusal of an enumeration that declares `SharedValue`.
    static func enumeration<T>(_ type: T.Type, carriesValues: Bool = false) -> DPDKError {
        let (reason, remedy) = refusal(
            ofEnumeration: type, carriesValues: carriesValues || MemoryLayout<T>.size > 4,
            named: Reflection.name(of: type))
        return unsupportedType(type, reason, remedy: remedy)
    }

    private static func refusal(
        ofEnumeration type: Any.Type?, carriesValues: Bool = false, named name: String
    ) -> (String, remedy: String) {
        // The compiler makes every enumeration hashable whose cases carry nothing.
        if carriesValues || !(type is any Hashable.Type) {
            return (
                "An enumeration whose cases carry values cannot be shared",
                "Use a struct with a raw-valued enumeration and the values beside it"
            )
        }
        return (
            "An enumeration is shared if it has an integer raw type and lists its cases",
            "Declare both, as in 'enum \(name): UInt8, CaseIterable, SharedValue', if no case carries a value"
        )
    }

    static func opaque<T: ~Copyable>(_ type: T.Type) -> DPDKError {
        unsupportedType(
            type, "Its stored properties cannot be seen, or lie otherwise than Swift places them",
            remedy: "Build it with reflection metadata; in place of C unions, bit fields and packed structs use a "
                + "struct of fixed-width integers")
    }

    // MARK: What a type says of itself

    static func describesAnotherType<T: ~Copyable>(
        _ type: T.Type, _ layout: SharedLayout, in function: String = "sharedLayout()"
    ) -> DPDKError {
        unsupportedType(
            type, "Its \(function) describes another type, '\(layout.typeName)'",
            remedy: "Return SharedLayout.structure(of: Self.self, fields: …) with the type's own fields")
    }

    static func measuresDisagree<T: ~Copyable>(_ type: T.Type, stated: Placement) -> DPDKError {
        unsupportedType(
            type,
            "The fields that it states take \(stated.end) bytes with alignment \(stated.alignment), and the type takes "
                + "\(MemoryLayout<T>.size) with alignment \(MemoryLayout<T>.alignment)",
            remedy: "State every stored property with its own type, in the order of declaration")
    }

    static func fieldsDisagree<T: ~Copyable>(_ type: T.Type, stated: [String], declared: [String]) -> DPDKError {
        unsupportedType(
            type,
            "It states the fields \(stated.joined(separator: ", ")), and its stored properties are "
                + declared.joined(separator: ", "),
            remedy: "State every stored property under its own name, in the order of declaration")
    }

    static func typesDisagree<T: ~Copyable>(
        _ type: T.Type, field: String, stated: String, declared: String
    ) -> DPDKError {
        DPDKError(
            .unsupportedType, "property '\(Reflection.name(of: type)).\(field)'",
            "It is stated as '\(stated)', and declared as '\(declared)'", remedy: "State the type as it is declared")
    }

    // MARK: Properties

    /// The refusal of a stored property whose type does not conform.
    static func unsupported(_ property: Reflection.Property, in type: String) -> DPDKError {
        let name = property.type.map { _typeName($0, qualified: false) } ?? "a noncopyable type"
        let (reason, remedy) = refusal(of: property, named: name)
        return DPDKError(
            .unsupportedType, "property '\(type).\(property.name)'", "'\(name)' cannot be shared: \(reason)",
            remedy: remedy)
    }

    /// The same refusal, named by the path from a type that contains the refused one.
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
            return ("a reference is an address of this process", "Use a struct that declares SharedValue, or an index")
        case .existential:
            return ("an existential refers to types of this process", "Use one concrete type that is a SharedValue")
        case .function:
            return ("a closure is an address of this process", "Use a raw-valued enumeration that says what to do")
        case .metatype:
            return ("a metatype is an address of this process", "Use a raw-valued enumeration that names the type")
        case .optional:
            return ("an optional has no layout of its own", "Use a value that means none, or a Bool beside the value")
        case .tuple:
            return (
                "a tuple cannot conform to SharedValue",
                "Use an InlineArray for elements of one type, or a struct that declares SharedValue"
            )
        case .enumeration:
            let (_, remedy) = refusal(ofEnumeration: property.type, named: name)
            return ("the enumeration does not declare SharedValue", remedy)
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
            return ("its elements lie in this process's own memory", "Use an InlineArray, of UInt8 for text")
        }
        return ("the type does not declare SharedValue", "Declare it, as in 'struct \(name): SharedValue'")
    }
}
