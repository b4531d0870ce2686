extension SharedRegion where Value: ~Copyable {
    /// Access to a region's memory without a check each time: for data paths, and for atomics.
    ///
    /// While it is out, this process cannot shut down and the region cannot be destroyed. Any number of processes and
    /// threads may have one. It is not copyable, and may be sent to another thread.
    @safe public struct Access: ~Copyable, @unchecked Sendable {
        @usableFromInline let address: UnsafeMutableRawPointer
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// Makes an access. Throws `.destroyed`, `.shutDown` or `.registryFull`.
    public func makeAccess() throws(DPDKError) -> Access {
        unsafe Access(address: address, claim: try attachment.claim(End(kind: .access)))
    }
}

// MARK: - Atomics

extension SharedRegion.Access where Value: SharedAtomicValue & ~Copyable {
    /// The value where it is in shared memory: all of it is atomics, which any process may use at any time.
    ///
    ///     statistics.value.packets.add(32)
    @inlinable public var value: Value {
        _read {
            yield unsafe address.assumingMemoryBound(to: Value.self).pointee
        }
    }
}

// MARK: - Plain values

extension SharedRegion.Access {
    /// Copies the value out, in pieces of up to 8 bytes that are whole. See ``SharedRegion/read()``.
    public borrowing func read() -> Value { unsafe SharedBytes.read(Value.self, at: address) }

    /// Copies a value in, in pieces of up to 8 bytes that are whole. See ``SharedRegion/write(_:)``.
    public borrowing func write(_ value: Value) { unsafe SharedBytes.write(value, at: address) }
}
