extension SharedLayout {
    /// The layout of a copyable structure, one level by reflection, deeper ones through the fields' conformances.
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
}
