extension SharedLayout: CustomStringConvertible {
    /// The fields with their offsets, then the size, stride and alignment, for instance
    /// `{ price: f64 @0, quantity: u32 @8, levels: [8 x u16] @12 } (size 28, stride 32, alignment 8)`.
    public var description: String {
        "\(kind) (size \(size), stride \(stride), alignment \(alignment))"
    }

    /// The fields with their offsets, without the size, stride and alignment.
    var kind: String {
        switch shape {
        case .leaf(let name): name
        case .vector(let count, let scalar): "simd\(count)<\(scalar.kind)>"
        case .atomic(let value): "atomic \(value.kind)"
        case .enumeration(let cases): Self.kind(of: cases, size: size)
        case .array(let count, let element): "[\(count) x \(element.kind)]"
        case .structure(let fields):
            "{ " + fields.map { "\($0.name): \($0.layout.kind) @\($0.offset)" }.joined(separator: ", ") + " }"
        }
    }

    /// The first 16 cases of an enumeration, and how many more there are.
    private static func kind(of cases: [Case], size: Int) -> String {
        let bits = size * 8
        if cases.isEmpty { return "enum\(bits)" }
        var words = cases.prefix(16).map { "\($0.name.isEmpty ? "case \($0.index)" : $0.name) = \($0.rawValue)" }
        if cases.count > words.count { words.append("and \(cases.count - words.count) more") }
        return "enum\(bits)(" + words.joined(separator: ", ") + ")"
    }
}
