extension SharedLayout {
    /// Checks that a ring can have elements of this layout: the stride must be a multiple of 4 bytes.
    /// - Throws: `.unsupportedType`; the remedy says how wide the element must be.
    func validateForRing() throws(DPDKError) {
        guard alignment <= Self.maximumAlignment else { throw .overaligned(name: typeName, alignment: alignment) }
        guard stride % 4 == 0 else {
            throw DPDKError(
                .unsupportedType, "type '\(typeName)'",
                "the stride of ring elements must be a multiple of 4 bytes, but this type has a stride of \(stride)",
                remedy: "Widen the element to \((stride + 3) / 4 * 4) bytes with wider integers or a padding field")
        }
    }

    /// Checks that the layout consists of atomics.
    /// - Throws: `.unsupportedType`; the error names the first field that is not atomic.
    func validateAtomic() throws(DPDKError) {
        guard !isAtomic else { return }
        let path = pathOfPlainField.map { "property '\(typeName)\($0)'" } ?? "type '\(typeName)'"
        throw DPDKError(
            .unsupportedType, path, "this is not atomic, but a SharedAtomicValue consists of atomics only",
            remedy: "Make it an Atomic, or declare SharedValue instead of SharedAtomicValue")
    }

    /// The path of the first field that is not atomic; nil if that is the type itself.
    private var pathOfPlainField: String? {
        switch shape {
        case .array(_, let element) where !element.isAtomic: "[]" + (element.pathOfPlainField ?? "")
        case .structure(let fields):
            fields.first { !$0.layout.isAtomic }.map { ".\($0.name)" + ($0.layout.pathOfPlainField ?? "") }
        default: nil
        }
    }
}
