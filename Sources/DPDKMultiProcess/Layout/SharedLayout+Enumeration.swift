extension SharedLayout {
    /// Finds the layout of an enumeration with a raw type: the size of the index, and the names and raw values of the
    /// cases.
    init<T: SharedValue & RawRepresentable & CaseIterable>(enumeration type: T.Type) throws(DPDKError)
    where T.RawValue: FixedWidthInteger {
        guard MemoryLayout<T>.size > 0 else { throw .zeroSized(type) }
        guard [1, 2, 4].contains(MemoryLayout<T>.size) else { throw .enumeration(type) }
        var cases: [UInt32: Case] = [:]
        for value in type.allCases {
            let mirror = Mirror(reflecting: value)
            guard mirror.displayStyle != .enum || mirror.children.isEmpty else {
                throw .enumeration(type, carriesValues: true)
            }
            let index = Self.index(of: value)
            let name = unsafe caseName(value).map { name in unsafe String(cString: name) } ?? ""
            cases[index] = Case(index: index, name: name, rawValue: String(value.rawValue))
        }
        let ordered = cases.values.sorted { $0.index < $1.index }
        try self.init(.enumeration(ordered), of: type, isAtomic: false)
    }

    /// The index that is stored for a case.
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

/// The name of a value's case, independent of the type's `description`; nil if the program was built without names.
@_silgen_name("swift_EnumCaseName")
private func caseName<T>(_ value: T) -> UnsafePointer<CChar>?
