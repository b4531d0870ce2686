/// Text in fixed fields of shared memory: UTF-8 with a NUL at its end.
enum SharedText {
    /// Writes the characters of the text that fit, and fills the rest of the field with NULs.
    static func write(_ text: String, to field: UnsafeMutableRawBufferPointer) {
        var bytes: [UInt8] = []
        for character in text {
            let more = Array(String(character).utf8)
            if bytes.count + more.count >= field.count { break }
            bytes += more
        }
        for index in field.indices {
            unsafe field[index] = index < bytes.count ? bytes[index] : 0
        }
    }

    /// The text of a field, or nil if it has no NUL or is not UTF-8.
    static func read(_ field: UnsafeRawBufferPointer) -> String? {
        guard let end = unsafe field.firstIndex(of: 0) else { return nil }
        return unsafe String(validating: field[..<end], as: UTF8.self)
    }
}
