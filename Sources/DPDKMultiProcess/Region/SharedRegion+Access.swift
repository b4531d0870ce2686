extension SharedRegion where Value: ~Copyable {
    /// Access to a region's memory without a check at each call: for data paths, and for atomics.
    ///
    /// While it exists, this process cannot shut down and the region cannot be destroyed. It cannot be copied, and may
    /// move to another thread. Any number of processes and threads may have one.
    @safe public struct Access: ~Copyable, @unchecked Sendable {
        @usableFromInline let address: UnsafeMutableRawPointer
        fileprivate let claim: Claim

        deinit { claim.release() }
    }

    /// Makes an access to the region's memory.
    ///
    /// - Returns: The access.
    /// - Throws: `.destroyed`, `.shutDown`, `.registryFull` or `.setUpLockTimeout`.
    ///
    /// This is for set-up. Any thread may call it. There is no corresponding C function.
    public func makeAccess() throws(DPDKError) -> Access {
        unsafe Access(address: address, claim: try attachment.claim(End(kind: .access)))
    }
}

// MARK: - Atomics

extension SharedRegion.Access where Value: SharedAtomicValue & ~Copyable {
    /// The value in place in shared memory. It consists of atomics, which any process may use at any time.
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
    /// Copies the value out.
    ///
    /// - Returns: The value as it is now.
    ///
    /// Each aligned piece of up to 8 bytes is read whole, the value as one is not: see ``SharedRegion/read()``.
    /// O(size), without a lock.
    @inlinable public borrowing func read() -> Value { unsafe SharedBytes.read(Value.self, at: address) }

    /// Copies a value in.
    ///
    /// - Parameter value: The new value.
    ///
    /// Each aligned piece of up to 8 bytes is written whole, the value as one is not: see ``SharedRegion/write(_:)``.
    /// O(size), without a lock; for one writing thread at a time.
    @inlinable public borrowing func write(_ value: Value) { unsafe SharedBytes.write(value, at: address) }
}
