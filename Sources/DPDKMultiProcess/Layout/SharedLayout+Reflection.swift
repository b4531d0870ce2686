extension SharedLayout {
    /// Finds the layout of a copyable structure: its own fields by reflection, and theirs through their conformances.
    init<T: SharedValue>(reflecting type: T.Type) throws(DPDKError) {
        switch Reflection.kind(of: type) {
        case .structure: break
        case .enumeration, .optional: throw .enumeration(type)
        default: throw .notAStructure(type)
        }
        guard MemoryLayout<T>.size > 0 else { throw .zeroSized(type) }
        var place = Placement()
        var fields: [Field] = []
        for recorded in Reflection.fields(of: type) {
            guard let shared = recorded.type as? any SharedValue.Type else {
                throw .unsupported(recorded, in: Reflection.name(of: type))
            }
            let layout = try Self.part(shared, of: type, as: ".\(recorded.name)")
            guard place.add(layout) == recorded.offset else { throw .opaque(type) }
            fields.append(Field(name: recorded.name, offset: recorded.offset, layout: layout))
        }
        guard !fields.isEmpty, place.fits(type) else { throw .opaque(type) }
        try self.init(.structure(fields), of: type, isAtomic: false)
    }

    /// Finds the layout of a part of a type. An error names the part by its path from the whole.
    static func part<P: SharedValue & ~Copyable, T: ~Copyable>(
        _ part: P.Type, of whole: T.Type, as component: String
    ) throws(DPDKError) -> SharedLayout {
        do throws(DPDKError) {
            return try SharedLayout(of: part)
        } catch {
            throw error.inside(Reflection.name(of: whole), as: component, of: Reflection.name(of: part))
        }
    }
}
