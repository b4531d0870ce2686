/// FNV-1a of 64 bits over an unambiguous encoding of a layout.
///
/// The encoding is part of what processes compare: numbers as 8 bytes with the least significant first, texts as their
/// length and their UTF-8, a tag before each shape, and a part's own fingerprint for the part.
struct Fingerprint {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ shape: SharedLayout.Shape, size: Int, stride: Int, alignment: Int) {
        combine(size)
        combine(stride)
        combine(alignment)
        switch shape {
        case .leaf(let name):
            combine(1)
            combine(name)
        case .vector(let count, let scalar):
            combine(2)
            combine(count)
            combine(scalar.fingerprint)
        case .atomic(let value):
            combine(3)
            combine(value.fingerprint)
        case .enumeration(let cases):
            combine(4)
            combine(cases.count)
            for entry in cases {
                combine(UInt64(entry.index))
                combine(entry.name)
                combine(entry.rawValue)
            }
        case .array(let count, let element):
            combine(5)
            combine(count)
            combine(element.fingerprint)
        case .structure(let fields):
            combine(6)
            combine(fields.count)
            for field in fields {
                combine(field.name)
                combine(field.offset)
                combine(field.layout.fingerprint)
            }
        }
    }

    private mutating func combine(byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    private mutating func combine(_ number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            combine(byte: UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    private mutating func combine(_ number: Int) { combine(UInt64(number)) }

    private mutating func combine(_ text: String) {
        combine(text.utf8.count)
        for byte in text.utf8 { combine(byte: byte) }
    }
}
