extension SharedLayout {
    /// A stored property that a structure states for its layout.
    public struct StatedField: Sendable {
        let name: String
        let type: ObjectIdentifier
        let typeName: String
        let layout: @Sendable () throws(DPDKError) -> SharedLayout

        /// States a stored property.
        /// - Parameters:
        ///   - name: The declared name of the property.
        ///   - type: The declared type of the property.
        /// - Returns: The field for ``SharedLayout/structure(of:fields:)``.
        public static func field<F: SharedValue & ~Copyable>(_ name: String, _ type: F.Type) -> StatedField {
            StatedField(name: name, type: Reflection.identifier(of: type), typeName: Reflection.name(of: type)) {
                () throws(DPDKError) in try SharedLayout(of: F.self)
            }
        }
    }

    /// Makes the layout of a structure that states its stored properties.
    ///
    /// Use it in the `sharedLayout()` of a noncopyable structure; copyable ones need no such function. The fields are
    /// compared with the size and alignment of the type, and with the names, offsets and copyable types that the
    /// compiler recorded, so a field that is missing, misspelt, of another type or out of order is an error.
    ///
    /// It takes some ten microseconds; it is for set-up. Any thread may call it.
    /// - Parameters:
    ///   - type: The structure.
    ///   - stated: All its stored properties in the order of declaration.
    /// - Returns: The layout.
    /// - Throws: `.unsupportedType` if the fields are not those of the type, or cannot be shared.
    public static func structure<T: SharedValue & ~Copyable>(
        of type: T.Type, fields stated: [StatedField]
    ) throws(DPDKError) -> SharedLayout {
        var place = Placement()
        var fields: [Field] = []
        for field in stated {
            let layout: SharedLayout
            do throws(DPDKError) {
                layout = try field.layout()
            } catch {
                throw error.inside(Reflection.name(of: type), as: ".\(field.name)", of: field.typeName)
            }
            fields.append(Field(name: field.name, offset: place.add(layout), layout: layout))
        }
        guard !fields.isEmpty, place.fits(type) else { throw .measuresDisagree(type, stated: place) }
        try compare(stated, at: fields.map(\.offset), with: type)
        return try SharedLayout(.structure(fields), of: type, isAtomic: fields.allSatisfy(\.layout.isAtomic))
    }

    /// Compares the stated fields of a structure with those that the compiler recorded, if it recorded any.
    private static func compare<T: ~Copyable>(
        _ stated: [StatedField], at offsets: [Int], with type: T.Type
    ) throws(DPDKError) {
        let kind = Reflection.kind(of: type)
        guard kind == .structure || kind == nil else { throw .notAStructure(type) }
        let recorded = Reflection.fields(of: type)
        // The program may be built without reflection metadata. Size and alignment have been compared already.
        if recorded.isEmpty { return }
        let names = recorded.map(\.name)
        guard names == stated.map(\.name), recorded.map(\.offset) == offsets else {
            throw .fieldsDisagree(type, stated: stated.map(\.name), declared: names)
        }
        for (field, declared) in zip(stated, recorded) {
            guard let type = declared.type, ObjectIdentifier(type) != field.type else { continue }
            throw .typesDisagree(T.self, field: field.name, stated: field.typeName, declared: String(describing: type))
        }
    }
}

/// Swift's rule for placing the fields of a structure: each at the next multiple of its alignment.
struct Placement {
    private(set) var end = 0
    private(set) var alignment = 1

    /// Places a field and returns its offset.
    mutating func add(_ layout: SharedLayout) -> Int {
        let offset = (end + layout.alignment - 1) / layout.alignment * layout.alignment
        end = offset + layout.size
        alignment = max(alignment, layout.alignment)
        return offset
    }

    /// Whether a type has the size and alignment that follow from the fields. C counts padding at the end as size.
    func fits<T: ~Copyable>(_ type: T.Type) -> Bool {
        let padded = (end + alignment - 1) / alignment * alignment
        return MemoryLayout<T>.alignment == alignment && (MemoryLayout<T>.size == end || MemoryLayout<T>.size == padded)
    }
}
