internal import CDPDK

// MARK: - Whole values and fields

extension SharedRegion {
    /// Copies the value out.
    ///
    /// Each aligned piece of up to 8 bytes is read whole; the value as one need not be, if another process writes at
    /// the same time. O(size). Any thread may call this; it takes a lock of this process meanwhile.
    ///
    /// - Returns: The value as it is now.
    /// - Throws: `.destroyed` or `.shutDown`.
    public func read() throws(DPDKError) -> Value {
        try attachment.whileThere { _ in unsafe SharedBytes.read(Value.self, at: address) }
    }

    /// Copies a value in.
    ///
    /// Each aligned piece of up to 8 bytes is written whole; another process may see some of them before others. For
    /// one writing process at a time. O(size). Any thread may call this; it takes a lock of this process meanwhile.
    ///
    /// - Parameter value: The value to be there from now on.
    /// - Throws: `.destroyed` or `.shutDown`.
    public func write(_ value: Value) throws(DPDKError) {
        try attachment.whileThere { _ in unsafe SharedBytes.write(value, at: address) }
    }

    /// Copies a field out, which is read whole if it is aligned and has 8 bytes at most.
    ///
    /// Any thread may call this; it takes a lock of this process meanwhile.
    ///
    /// - Parameter field: A stored property of the value, or a stored property of one.
    /// - Returns: The field as it is now.
    /// - Throws: `.destroyed`, `.shutDown`, or `.invalidArgument` for a key path that is no stored property.
    public func read<Field: SharedValue>(_ field: KeyPath<Value, Field>) throws(DPDKError) -> Field {
        let offset = try SharedBytes.offset(of: field, attachment.what)
        return try attachment.whileThere { _ in unsafe SharedBytes.read(Field.self, at: address + offset) }
    }

    /// Copies a field in, which is written whole if it is aligned and has 8 bytes at most.
    ///
    /// For one writing process at a time. Any thread may call this; it takes a lock of this process meanwhile.
    ///
    /// - Parameters:
    ///   - value: What the field is from now on.
    ///   - field: A stored property of the value, or a stored property of one.
    /// - Throws: `.destroyed`, `.shutDown`, or `.invalidArgument` for a key path that is no stored property.
    public func write<Field: SharedValue>(
        _ value: Field, to field: WritableKeyPath<Value, Field>
    ) throws(DPDKError) {
        let offset = try SharedBytes.offset(of: field, attachment.what)
        try attachment.whileThere { _ in unsafe SharedBytes.write(value, at: address + offset) }
    }
}

/// Values in memory that other processes read and write.
enum SharedBytes {
    static func read<Value>(_ type: Value.Type, at address: UnsafeMutableRawPointer) -> Value {
        unsafe withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { buffer in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            if let base = bytes.baseAddress {
                unsafe cdpdk_copy_from_shared(base, address, MemoryLayout<Value>.size)
            }
            return unsafe buffer[0]
        }
    }

    static func write<Value>(_ value: Value, at address: UnsafeMutableRawPointer) {
        unsafe withUnsafePointer(to: value) { source in
            unsafe cdpdk_copy_to_shared(address, source, MemoryLayout<Value>.size)
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
