extension SharedLayout {
    /// Checks that a ring can have elements of this layout: a stride that is a multiple of 4 bytes.
    ///
    /// Throws `.unsupportedType`, which says how far the element must be widened.
    func validateForRing() throws(DPDKError) {
        guard alignment <= Self.maximumAlignment else { throw .overaligned(name: typeName, alignment: alignment) }
        guard stride % 4 == 0 else {
            throw DPDKError(
                .unsupportedType, "type '\(typeName)'",
                "A ring has elements of a multiple of 4 bytes, and the stride of this type is \(stride)",
                remedy: "Widen the element to \((stride + 3) / 4 * 4) bytes with wider integers or a field of padding")
        }
    }

    /// Checks that everything in the layout is an atomic.
    ///
    /// Throws `.unsupportedType`, which names the first field that is none.
    func validateAtomic() throws(DPDKError) {
        guard !isAtomic else { return }
        let path = pathOfPlainField.map { "property '\(typeName)\($0)'" } ?? "type '\(typeName)'"
        throw DPDKError(
            .unsupportedType, path, "A type that declares SharedAtomicValue has only atomics in it, and this is none",
            remedy: "Make it an Atomic, or declare SharedValue instead of SharedAtomicValue")
    }

    /// The path of the first field that is no atomic; nil where that is the type itself.
    private var pathOfPlainField: String? {
        switch shape {
        case .array(_, let element) where !element.isAtomic: "[]" + (element.pathOfPlainField ?? "")
        case .structure(let fields):
            fields.first { !$0.layout.isAtomic }.map { ".\($0.name)" + ($0.layout.pathOfPlainField ?? "") }
        default: nil
        }
    }
}
