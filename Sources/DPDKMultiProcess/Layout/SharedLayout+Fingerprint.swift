/// The 64-bit FNV-1a hash of an unambiguous encoding of a layout.
///
/// Processes compare the hashes, so the encoding must not change: a number has 8 bytes, the least significant first; a
/// text has its length, then its UTF-8; each shape begins with a tag; a part is encoded as its own fingerprint.
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
