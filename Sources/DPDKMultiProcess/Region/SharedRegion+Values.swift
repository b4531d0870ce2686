internal import CDPDK

// MARK: - Whole values and fields

extension SharedRegion {
    /// Copies the value out.
    ///
    /// Each aligned piece of up to 8 bytes is read whole; the value as one need not be, where another process writes at
    /// the same time. Throws `.destroyed` or `.shutDown`. O(size).
    public func read() throws(DPDKError) -> Value {
        _ = try attachment.member()
        return unsafe SharedBytes.read(Value.self, at: address)
    }

    /// Copies a value in.
    ///
    /// Each aligned piece of up to 8 bytes is written whole; another process may see some of them before others. For
    /// one writing process at a time. Throws `.destroyed` or `.shutDown`. O(size).
    public func write(_ value: Value) throws(DPDKError) {
        _ = try attachment.member()
        unsafe SharedBytes.write(value, at: address)
    }

    /// Copies a field out, which is read whole where it is aligned and has 8 bytes at most.
    ///
    /// Throws `.destroyed`, `.shutDown`, or `.invalidArgument` for a key path that is no stored property.
    public func read<Field: SharedValue>(_ field: KeyPath<Value, Field>) throws(DPDKError) -> Field {
        _ = try attachment.member()
        return unsafe SharedBytes.read(Field.self, at: address + (try SharedBytes.offset(of: field, attachment.what)))
    }

    /// Copies a field in, which is written whole where it is aligned and has 8 bytes at most.
    ///
    /// For one writing process at a time. Throws `.destroyed`, `.shutDown`, or `.invalidArgument` for a key path that
    /// is no stored property.
    public func write<Field: SharedValue>(
        _ value: Field, to field: WritableKeyPath<Value, Field>
    ) throws(DPDKError) {
        _ = try attachment.member()
        unsafe SharedBytes.write(value, at: address + (try SharedBytes.offset(of: field, attachment.what)))
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
