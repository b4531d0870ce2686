public import CDPDK

/// What can be read and changed of a packet, whether it is held alone (``Packet``) or in a burst (``PacketView``).
///
/// A packet consists of one or more segments of memory. ``bytes`` is the first segment, which is the whole packet in
/// most cases. Numbers of several bytes are read and written big-endian, as in protocol headers. All operations are
/// O(1) unless they say otherwise, and one thread uses a packet at a time.
///
/// Another process may have written lengths that contradict each other. Such a packet has no bytes, loads nothing, and
/// neither grows nor shrinks; none of its lengths makes a function here trap.
public protocol PacketAccess: ~Copyable, ~Escapable {
    /// An implementation detail: the packet's `rte_mbuf`.
    var _mbuf: UnsafeMutablePointer<cdpdk_mbuf> { get }
}

// MARK: - Fields

extension PacketAccess where Self: ~Copyable, Self: ~Escapable {
    /// The bytes of all segments together. The corresponding C macro is `rte_pktmbuf_pkt_len`.
    @inlinable public var length: Int { unsafe Int(_mbuf.pointee.pkt_len) }

    /// How many segments the packet has, 1 for most. The corresponding C field is `nb_segs`.
    @inlinable public var segmentCount: Int { unsafe Int(_mbuf.pointee.nb_segs) }

    /// Whether ``bytes`` is the whole packet. The corresponding C function is `rte_pktmbuf_is_contiguous`.
    @inlinable public var isContiguous: Bool { unsafe _mbuf.pointee.nb_segs == 1 }

    /// How many bytes can be prepended. The corresponding C function is `rte_pktmbuf_headroom`.
    @inlinable public var headroom: Int {
        unsafe _mbuf.pointee.data_off <= _mbuf.pointee.buf_len ? Int(_mbuf.pointee.data_off) : 0
    }

    /// How many bytes can be appended. The corresponding C function is `rte_pktmbuf_tailroom`.
    @inlinable public var tailroom: Int {
        if isContiguous { return unsafe max(0, Int(_mbuf.pointee.buf_len) &- firstEnd) }
        return unsafe Int(cdpdk_mbuf_last_tailroom(_mbuf))
    }

    /// The id of the port that the packet came from, or nil if it is not known.
    ///
    /// Some drivers do not set the id, and another process may have written any number: before you use it as an index,
    /// compare it with the ports that exist. The corresponding C field is `port`.
    @inlinable public var port: Int? {
        let port = unsafe _mbuf.pointee.port
        return UInt32(port) == CDPDK_MBUF_PORT_INVALID ? nil : Int(port)
    }

    /// The hash that the device computed over the packet's flow, or nil if it computed none.
    ///
    /// The corresponding C field is `hash.rss`, valid with `RTE_MBUF_F_RX_RSS_HASH`.
    @inlinable public var rssHash: UInt32? {
        unsafe _mbuf.pointee.ol_flags & CDPDK_MBUF_RSS_HASH != 0 ? _mbuf.pointee.hash_rss : nil
    }

    /// The address of the first byte.
    @inlinable
    var start: UnsafeMutableRawPointer { unsafe _mbuf.pointee.buf_addr + Int(_mbuf.pointee.data_off) }

    /// The number of bytes in the first segment; 0 if its fields say that they lie outside its buffer.
    @inlinable
    var firstLength: Int {
        unsafe firstEnd <= Int(_mbuf.pointee.buf_len) ? Int(_mbuf.pointee.data_len) : 0
    }

    /// The end of the first segment in its buffer, as its fields say.
    @inlinable
    var firstEnd: Int { unsafe Int(_mbuf.pointee.data_off) &+ Int(_mbuf.pointee.data_len) }
}

// MARK: - Bytes

extension PacketAccess where Self: ~Copyable, Self: ~Escapable {
    /// The bytes of the first segment, to be read.
    ///
    /// The corresponding C macro is `rte_pktmbuf_mtod`.
    @inlinable public var bytes: RawSpan {
        @_lifetime(borrow self)
        borrowing get {
            let span = unsafe RawSpan(_unsafeStart: start, byteCount: firstLength)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The bytes of the first segment, to be read and written.
    ///
    /// The corresponding C macro is `rte_pktmbuf_mtod`.
    @inlinable public var mutableBytes: MutableRawSpan {
        @_lifetime(&self)
        mutating get {
            let span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: firstLength)
            return unsafe _overrideLifetime(span, mutating: &self)
        }
    }

    /// Reads a big-endian number at an offset in bytes, which need not be aligned.
    ///
    ///     guard let type = packet.load(at: 12, as: UInt16.self), type == 0x0800 else { … }
    ///
    /// The number may also lie in later segments.
    ///
    /// - Parameters:
    ///   - offset: The offset at which the number begins.
    ///   - type: The type of the number.
    /// - Returns: The number, or nil if the packet is too short.
    ///
    /// The corresponding C functions are `rte_pktmbuf_read` and `rte_be_to_cpu_16`.
    @inlinable
    public borrowing func load<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Number.Type = Number.self
    ) -> Number? {
        // Only the length is checked, as in C. What writes also checks that the segment ends within its buffer.
        if offset >= 0, unsafe _fastPath(Int(_mbuf.pointee.data_len) &- offset >= MemoryLayout<Number>.size) {
            return unsafe Number(bigEndian: start.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        guard offset >= 0, offset <= length &- MemoryLayout<Number>.size else { return nil }
        var value: Number = 0
        var done = 0
        while done < MemoryLayout<Number>.size {
            let size = min(8, MemoryLayout<Number>.size &- done)
            let found = unsafe cdpdk_mbuf_load(
                _mbuf, UInt32(truncatingIfNeeded: offset &+ done), UInt32(truncatingIfNeeded: size))
            guard found.is_there else { return nil }
            value = value << (size &* 8) | Number(truncatingIfNeeded: found.value)
            done &+= size
        }
        return value
    }

    /// Writes a number big-endian at an offset in bytes, which need not be aligned.
    ///
    /// - Parameters:
    ///   - value: The number.
    ///   - offset: The offset at which the number begins.
    /// - Returns: Whether the number lies wholly in the first segment; nothing is written if not.
    ///
    /// The corresponding C function is `rte_cpu_to_be_16`.
    @inlinable
    public mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number, at offset: Int) -> Bool {
        guard offset >= 0, firstLength &- offset >= MemoryLayout<Number>.size else { return false }
        unsafe start.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Number.self)
        return true
    }

    /// Loads the first bytes into the CPU's cache, to be read or written soon. The corresponding C function is
    /// `rte_prefetch0`.
    @inlinable public func prefetch() { unsafe cdpdk_prefetch(start) }
}

// MARK: - Growing and shrinking

extension PacketAccess where Self: ~Copyable, Self: ~Escapable {
    /// Adds bytes after the last byte.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Whether the tailroom is large enough; nothing is changed if not.
    ///
    /// O(n). The corresponding C function is `rte_pktmbuf_append`.
    @inlinable
    public mutating func append(_ bytes: RawSpan) -> Bool {
        guard let place = unsafe grow(atEndBy: bytes.byteCount) else { return false }
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe place.copyMemory(from: base, byteCount: source.count) }
        }
        return true
    }

    /// Adds equal bytes after the last byte.
    ///
    /// - Parameters:
    ///   - byte: The value of each byte.
    ///   - count: How many bytes.
    /// - Returns: Whether the tailroom is large enough; nothing is changed if not.
    ///
    /// O(n). The corresponding C function is `rte_pktmbuf_append`.
    @inlinable
    public mutating func append(repeating byte: UInt8, count: Int) -> Bool {
        guard let place = unsafe grow(atEndBy: count) else { return false }
        unsafe place.initializeMemory(as: UInt8.self, repeating: byte, count: count)
        return true
    }

    /// Adds bytes before the first byte.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Whether the headroom is large enough; nothing is changed if not.
    ///
    /// O(n). The corresponding C function is `rte_pktmbuf_prepend`.
    @inlinable
    public mutating func prepend(_ bytes: RawSpan) -> Bool {
        guard let place = unsafe grow(atStartBy: bytes.byteCount) else { return false }
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { unsafe place.copyMemory(from: base, byteCount: source.count) }
        }
        return true
    }

    /// Adds equal bytes before the first byte.
    ///
    /// - Parameters:
    ///   - byte: The value of each byte.
    ///   - count: How many bytes.
    /// - Returns: Whether the headroom is large enough; nothing is changed if not.
    ///
    /// O(n). The corresponding C function is `rte_pktmbuf_prepend`.
    @inlinable
    public mutating func prepend(repeating byte: UInt8, count: Int) -> Bool {
        guard let place = unsafe grow(atStartBy: count) else { return false }
        unsafe place.initializeMemory(as: UInt8.self, repeating: byte, count: count)
        return true
    }

    /// Removes bytes from the start.
    ///
    /// - Parameter count: How many bytes.
    /// - Returns: Whether the first segment has as many; nothing is changed if not.
    ///
    /// The corresponding C function is `rte_pktmbuf_adj`.
    @inlinable
    public mutating func trimStart(_ count: Int) -> Bool {
        guard count >= 0, count <= min(firstLength, length) else { return false }
        unsafe _mbuf.pointee.data_off &+= UInt16(truncatingIfNeeded: count)
        changeLength(by: 0 &- count)
        return true
    }

    /// Removes bytes from the end.
    ///
    /// - Parameter count: How many bytes.
    /// - Returns: Whether the last segment has as many; nothing is changed if not.
    ///
    /// The corresponding C function is `rte_pktmbuf_trim`.
    @inlinable
    public mutating func trimEnd(_ count: Int) -> Bool {
        guard count >= 0, count <= Int(UInt16.max) else { return false }
        guard isContiguous else { return unsafe cdpdk_mbuf_trim(_mbuf, UInt16(count)) == 0 }
        guard count <= min(firstLength, length) else { return false }
        changeLength(by: 0 &- count)
        return true
    }

    /// Moves the bytes of all segments into the first one.
    ///
    /// - Returns: Whether the first segment has room for them, or already has them all; nothing is changed if not.
    ///
    /// O(n) if there are several segments. The corresponding C function is `rte_pktmbuf_linearize`.
    public mutating func linearize() -> Bool { unsafe isContiguous || cdpdk_mbuf_linearize(_mbuf) == 0 }

    @inlinable
    mutating func grow(atEndBy count: Int) -> UnsafeMutableRawPointer? {
        guard count >= 0, count <= tailroom else { return nil }
        guard isContiguous else { return unsafe cdpdk_mbuf_append(_mbuf, UInt16(count)) }
        let place = unsafe start + firstLength
        changeLength(by: count)
        return unsafe place
    }

    @inlinable
    mutating func grow(atStartBy count: Int) -> UnsafeMutableRawPointer? {
        guard count >= 0, count <= headroom, unsafe firstEnd <= Int(_mbuf.pointee.buf_len) else { return nil }
        unsafe _mbuf.pointee.data_off &-= UInt16(truncatingIfNeeded: count)
        changeLength(by: count)
        return unsafe start
    }

    /// Changes the length of the first segment and of the packet by a number that was checked against both.
    @inlinable
    mutating func changeLength(by count: Int) {
        unsafe _mbuf.pointee.data_len &+= UInt16(truncatingIfNeeded: count)
        unsafe _mbuf.pointee.pkt_len &+= UInt32(truncatingIfNeeded: count)
    }
}

// MARK: - Lifetimes

/// Says that `dependent` lives as long as the borrow of `source`.
@unsafe @_unsafeNonescapableResult @_alwaysEmitIntoClient @_transparent
@_lifetime(borrow source)
func _overrideLifetime<Dependent: ~Copyable & ~Escapable, Source: ~Copyable & ~Escapable>(
    _ dependent: consuming Dependent, borrowing source: borrowing Source
) -> Dependent {
    dependent
}

/// Says that `dependent` lives as long as the exclusive access to `source`.
@unsafe @_unsafeNonescapableResult @_alwaysEmitIntoClient @_transparent
@_lifetime(&source)
func _overrideLifetime<Dependent: ~Copyable & ~Escapable, Source: ~Copyable & ~Escapable>(
    _ dependent: consuming Dependent, mutating source: inout Source
) -> Dependent {
    dependent
}
