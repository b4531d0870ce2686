public import CDPDK

// MARK: - Whole values and fields

extension SharedRegion {
    /// Copies the value out.
    ///
    /// - Returns: The value as it is now.
    /// - Throws: `.destroyed` or `.shutDown`.
    ///
    /// Each aligned piece of up to 8 bytes is read whole. The value as one may be a mixture of old and new pieces if
    /// another process writes at the same time. O(size). It takes a lock of this process meanwhile. Any thread may call
    /// it.
    public func read() throws(DPDKError) -> Value {
        try attachment.whileThere { _ in unsafe SharedBytes.read(Value.self, at: address) }
    }

    /// Copies a value in.
    ///
    /// - Parameter value: The new value.
    /// - Throws: `.destroyed` or `.shutDown`.
    ///
    /// Each aligned piece of up to 8 bytes is written whole; another process may see some pieces before others.
    /// O(size). It takes a lock of this process meanwhile. Any thread may call it, in one process at a time.
    public func write(_ value: Value) throws(DPDKError) {
        try attachment.whileThere { _ in unsafe SharedBytes.write(value, at: address) }
    }

    /// Copies a field out.
    ///
    /// - Parameter field: A stored property of the value, or a stored property of one.
    /// - Returns: The field as it is now.
    /// - Throws: `.invalidArgument` for a key path that is no stored property; `.destroyed` or `.shutDown`.
    ///
    /// A field that is aligned and has 8 bytes at most is read whole. It takes a lock of this process meanwhile. Any
    /// thread may call it.
    public func read<Field: SharedValue>(_ field: KeyPath<Value, Field>) throws(DPDKError) -> Field {
        let offset = try SharedBytes.offset(of: field, attachment.what)
        return try attachment.whileThere { _ in unsafe SharedBytes.read(Field.self, at: address + offset) }
    }

    /// Copies a field in.
    ///
    /// - Parameters:
    ///   - value: The new value of the field.
    ///   - field: A stored property of the value, or a stored property of one.
    /// - Throws: `.invalidArgument` for a key path that is no stored property; `.destroyed` or `.shutDown`.
    ///
    /// A field that is aligned and has 8 bytes at most is written whole. It takes a lock of this process meanwhile. Any
    /// thread may call it, in one process at a time.
    public func write<Field: SharedValue>(
        _ value: Field, to field: WritableKeyPath<Value, Field>
    ) throws(DPDKError) {
        let offset = try SharedBytes.offset(of: field, attachment.what)
        try attachment.whileThere { _ in unsafe SharedBytes.write(value, at: address + offset) }
    }
}

/// Copies between values and memory that other processes read and write.
@usableFromInline
enum SharedBytes {
    /// Whether a value consists of whole words of 8 bytes: then it is copied in place.
    @inlinable @inline(__always)
    static func isOfWords<Value>(_: Value.Type) -> Bool {
        MemoryLayout<Value>.alignment == 8 && MemoryLayout<Value>.size % 8 == 0
    }

    @inlinable @inline(__always)
    static func read<Value>(_ type: Value.Type, at address: UnsafeMutableRawPointer) -> Value {
        unsafe withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { buffer in
            let base = unsafe buffer.baseAddress.unsafelyUnwrapped
            if isOfWords(type) {
                unsafe cdpdk_copy_words_from_shared(base, address, MemoryLayout<Value>.size)
            } else {
                unsafe cdpdk_copy_from_shared(base, address, MemoryLayout<Value>.size)
            }
            return unsafe base.pointee
        }
    }

    @inlinable @inline(__always)
    static func write<Value>(_ value: Value, at address: UnsafeMutableRawPointer) {
        unsafe withUnsafePointer(to: value) { source in
            if isOfWords(Value.self) {
                unsafe cdpdk_copy_words_to_shared(address, source, MemoryLayout<Value>.size)
            } else {
                unsafe cdpdk_copy_to_shared(address, source, MemoryLayout<Value>.size)
            }
        }
    }

    static func offset<Root, Field>(of field: KeyPath<Root, Field>, _ what: String) throws(DPDKError) -> Int {
        guard let offset = MemoryLayout<Root>.offset(of: field) else {
            throw DPDKError(
                .invalidArgument, what, "the key path \(field) is no stored property",
                remedy: "Name a stored property, or a stored property of one")
        }
        return offset
    }
}
