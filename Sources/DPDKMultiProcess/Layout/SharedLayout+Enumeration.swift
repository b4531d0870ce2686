extension SharedLayout {
    /// The layout of an enumeration with a raw type: the index of the case, with the names and raw values of the cases.
    init<T: SharedValue & RawRepresentable>(enumeration type: T.Type) throws(DPDKError)
    where T.RawValue: FixedWidthInteger {
        guard MemoryLayout<T>.size > 0 else { throw .zeroSized(type) }
        guard [1, 2, 4].contains(MemoryLayout<T>.size) else { throw .enumerationWithPayload(type) }
        var cases: [UInt32: Case] = [:]
        for value in Self.values(of: type) {
            let mirror = Mirror(reflecting: value)
            guard mirror.displayStyle != .enum || mirror.children.isEmpty else { throw .enumerationWithPayload(type) }
            let index = Self.index(of: value)
            let name = unsafe caseName(value).map { name in unsafe String(cString: name) } ?? ""
            cases[index] = Case(index: index, name: name, rawValue: String(value.rawValue))
        }
        let ordered = cases.values.sorted { $0.index < $1.index }
        try self.init(.enumeration(ordered), of: type, isAtomic: false)
    }

    /// The cases, as far as they can be found, the same ones in every process.
    private static func values<T: RawRepresentable>(of type: T.Type) -> [T] where T.RawValue: FixedWidthInteger {
        if let iterable = type as? any CaseIterable.Type { return allCases(of: iterable) }
        return (-128...255).compactMap { T.RawValue(exactly: $0).flatMap { T(rawValue: $0) } }
    }

    private static func allCases<I: CaseIterable, T>(of type: I.Type) -> [T] {
        I.allCases.compactMap { $0 as? T }
    }

    /// What is stored for a case.
    private static func index<T: RawRepresentable>(of value: T) -> UInt32 {
        unsafe withUnsafeBytes(of: value) { bytes in
            switch bytes.count {
            case 1: UInt32(unsafe bytes.load(as: UInt8.self))
            case 2: UInt32(unsafe bytes.load(as: UInt16.self))
            default: unsafe bytes.load(as: UInt32.self)
            }
        }
    }
}

/// The name of a value's case, whatever the type's `description` says; nil in a program built without the names.
@_silgen_name("swift_EnumCaseName")
private func caseName<T>(_ value: T) -> UnsafePointer<CChar>?
