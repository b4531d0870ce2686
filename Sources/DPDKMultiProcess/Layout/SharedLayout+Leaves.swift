extension SharedLayout {
    /// The layout of a type without parts, under a name that is the same in every process.
    ///
    /// - Parameter typeName: What messages call the type, if that is not its name.
    init<T: ~Copyable>(
        leaf name: String, of type: T.Type, named typeName: String? = nil, isAtomic: Bool = false
    ) throws(DPDKError) {
        try self.init(.leaf(name), of: type, named: typeName, isAtomic: isAtomic)
    }

    /// The layout of a SIMD type.
    init<S: SharedValue, T>(vector count: Int, _ scalar: S.Type, of type: T.Type) throws(DPDKError) {
        try self.init(.vector(count, of: SharedLayout(of: scalar)), of: type, isAtomic: false)
    }

    /// The layout of an atomic.
    init<V: SharedValue, T: ~Copyable>(atomic value: V.Type, of type: T.Type) throws(DPDKError) {
        let layout = try Self.part(value, of: type, as: ".value")
        try self.init(.atomic(layout), of: type, isAtomic: true)
    }

    /// The layout of an inline array.
    init<E: SharedValue & ~Copyable, T: ~Copyable>(
        array count: Int, _ element: E.Type, of type: T.Type
    ) throws(DPDKError) {
        guard count > 0 else { throw .zeroSized(type) }
        let layout = try Self.part(element, of: type, as: "[]")
        try self.init(.array(count, of: layout), of: type, isAtomic: layout.isAtomic)
    }

    /// The layout of a part of a type; an error names the part by its path from the whole.
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
