internal import CDPDK
internal import Glibc

/// A ring in shared memory that carries values or packets between processes, first in, first out, without a lock.
///
/// A `SharedRing` is a handle: it can be copied and passed to other threads, and nothing is freed at the end of its
/// scope. Elements are moved by the ring's two ends, which are owned: ``makeProducer(pacing:)`` and
/// ``makeConsumer(pacing:)`` give each end to one live process of the group at a time.
///
///     // In the primary
///     let ring = try SharedRing<Tick>(creating: "ticks", capacity: 1023, in: primary)
///     var producer = try ring.makeProducer()
///     let count = producer.enqueueBurst(ticks.span)
///
///     // In a secondary
///     var consumer = try SharedRing<Tick>(lookingUp: "ticks", in: secondary).makeConsumer()
///     while let tick = consumer.dequeue() { … }
///
/// Creation records the layout of `Element`, and look-up compares it. The ring is an ordinary `rte_ring`, so that a C
/// process can attach to it.
@safe public struct SharedRing<Element: RingElement & ~Copyable>: @unchecked Sendable {
    let ring: OpaquePointer
    let view: cdpdk_ring_view
    let attachment: Attachment

    /// The ring's name, 1 to 28 bytes.
    public var name: String { attachment.name }

    /// How many elements the ring holds at most.
    public var capacity: Int { unsafe Int(view.capacity) }

    /// How producers share the ring.
    public var producers: RingAccess { unsafe RingAccess(syncType: view.producer_sync) ?? .multiple }

    /// How consumers share the ring.
    public var consumers: RingAccess { unsafe RingAccess(syncType: view.consumer_sync) ?? .multiple }
}

// MARK: - Creating

extension SharedRing where Element: ~Copyable {
    /// Creates a ring that holds exactly `capacity` elements.
    ///
    /// - Parameters:
    ///   - name: 1 to 28 bytes, unique among the group's rings, and not beginning with `MP_`, as the names of the rings
    ///     behind pools do.
    ///   - capacity: 1 to 1 073 741 823 elements. The ring's memory has the next power of two above the capacity, so 2ⁿ
    ///     − 1 wastes nothing.
    ///   - producers: How producers share the ring.
    ///   - consumers: How consumers share the ring.
    ///   - node: The NUMA node that the memory is to be on.
    ///   - process: The primary.
    /// - Throws: `.invalidName`; `.nameTaken`; `.invalidSize`; `.unsupportedType` if the layout of `Element` cannot be
    ///   shared; `.invalidArgument` for a node that does not exist; `.outOfMemory`; `.registryFull`;
    ///   `.setUpLockTimeout`; `.shutDown`.
    ///
    /// It takes EAL's locks, so it is for set-up. Any thread may call it. The corresponding C function is
    /// `rte_ring_create_elem` with `RING_F_EXACT_SZ`.
    public init(
        creating name: String, capacity: Int, producers: RingAccess = .exclusive, consumers: RingAccess = .exclusive,
        on node: NUMANode = .local, in process: PrimaryProcess
    ) throws(DPDKError) {
        let member = try process.running()
        let what = ObjectKind.ring.named(name)
        let layout = try SharedLayout(ofSlotsFor: Element.self)
        guard (1...Int(CDPDK_RING_CAPACITY_MAX)).contains(capacity) else {
            throw DPDKError(
                .invalidSize, what, "the capacity is \(capacity)",
                remedy: "Choose 1 to \(CDPDK_RING_CAPACITY_MAX) elements")
        }
        let bytes = UInt32(exactly: layout.stride).map { cdpdk_ring_memory($0, UInt32(capacity)) } ?? -1
        guard bytes > 0 else {
            throw .outOfMemory(what, byteCount: nil, RTEErrno(rawValue: ENOMEM))
        }
        let socket = try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id()))
        let (attachment, made) = unsafe try member.create(.ring, name, layout: .init(layout)) {
            (zone) throws(DPDKError) -> Made in
            var made: OpaquePointer?
            let status = unsafe cdpdk_ring_create(
                name, UInt32(layout.stride), UInt32(capacity), socket, producers.syncType, consumers.syncType, &made)
            guard status == 0, let made = unsafe made else {
                throw .creation(.ring, name, RTEErrno(rawValue: status), byteCount: Int(bytes))
            }
            let view = unsafe cdpdk_ring_view(made)
            unsafe zone = view.zone
            return unsafe (made, view)
        } undo: {
            unsafe cdpdk_ring_free($0.ring)
        }
        unsafe self.init(ring: made.ring, view: made.view, attachment: attachment)
    }

    /// A ring and its properties, which are read before a shutdown can take the memory away.
    @unsafe private typealias Made = (ring: OpaquePointer, view: cdpdk_ring_view)

    /// Looks up a ring that a process with this library created.
    ///
    /// - Parameters:
    ///   - name: The ring's name.
    ///   - process: This process.
    /// - Throws: `.notFound`; `.layoutMismatch` if the ring was created for another layout; `.wrongKind` if a process
    ///   without this library made it; `.unsupportedType`, `.invalidName`, `.registryFull`, `.setUpLockTimeout` or
    ///   `.shutDown`.
    ///
    /// It is for set-up, and takes a lock of EAL only if it finds nothing. Any thread may call it. The corresponding C
    /// function is `rte_ring_lookup`.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: false, try process.running())
    }

    /// Looks up a ring that any process made, for instance a C process; you vouch for the type of its elements.
    ///
    /// DPDK stores neither the type nor the size of a ring's elements, so only the size of the ring's memory is
    /// checked. If you look up a ring of integers as a ring of packets, nothing notices it, and the first packet that
    /// is used corrupts memory. Only the process that made the ring can destroy it.
    ///
    /// - Parameters:
    ///   - name: The ring's name.
    ///   - process: This process.
    /// - Throws: `.notFound`; `.layoutMismatch` if the ring is too small for such elements, or if this library made it
    ///   for others; otherwise what ``init(lookingUp:in:)`` throws.
    ///
    /// It takes EAL's locks, so it is for set-up. Any thread may call it. The corresponding C function is
    /// `rte_ring_lookup`.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: true, try process.running())
    }

    private init(lookingUp name: String, isForeign: Bool, _ member: Member) throws(DPDKError) {
        let layout = try SharedLayout(ofSlotsFor: Element.self)
        let (attachment, made) = unsafe try member.lookUp(
            .ring, name, isForeign: isForeign, layout: layout,
            at: { (zone) -> Made? in unsafe cdpdk_ring_at(zone, name).map { unsafe ($0, cdpdk_ring_view($0)) } },
            find: { () -> Made? in unsafe cdpdk_ring_lookup(name).map { unsafe ($0, cdpdk_ring_view($0)) } },
            address: { unsafe UInt(bitPattern: $0.ring) }
        ) { (made) throws(DPDKError) in
            guard unsafe cdpdk_ring_holds(made.ring, UInt64(layout.stride)) else {
                throw DPDKError(
                    .layoutMismatch, ObjectKind.ring.named(name),
                    "its memory is too small for elements of \(layout.stride) bytes",
                    remedy: "Check the type of the elements in the program that made the ring")
            }
        }
        unsafe self.init(ring: made.ring, view: made.view, attachment: attachment)
    }
}

// MARK: - State

extension SharedRing where Element: ~Copyable {
    /// How many elements are in the ring now; 0 after it was destroyed.
    ///
    /// A snapshot: it may be stale by the time you read it. It takes a lock of this process; the `count` of an end
    /// takes none. Any thread of any process may ask. The corresponding C function is `rte_ring_count`.
    public var count: Int { used ?? 0 }

    /// How many elements fit now; 0 after the ring was destroyed.
    ///
    /// A snapshot at the cost of ``count``. The corresponding C function is `rte_ring_free_count`.
    public var freeCount: Int { used.map { capacity - $0 } ?? 0 }

    /// Whether no element is in the ring now, at the cost of ``count``. The corresponding C function is
    /// `rte_ring_empty`.
    public var isEmpty: Bool { count == 0 }

    /// Whether no element fits now, at the cost of ``count``. The corresponding C function is `rte_ring_full`.
    public var isFull: Bool { count == capacity }

    private var used: Int? {
        try? attachment.whileThere { _ in
            let consumed = unsafe cdpdk_load_acquire_32(view.consumer_tail)
            let produced = unsafe cdpdk_load_acquire_32(view.producer_tail)
            return unsafe Int(min(produced &- consumed, view.capacity))
        }
    }

    /// The NUMA nodes that the ring's memory is actually on, with the number of its pages on each.
    ///
    /// - Returns: The number of pages for each node.
    /// - Throws: `.destroyed` or `.shutDown`; `.permissionDenied` if the kernel refuses to tell.
    ///
    /// It costs a system call, and some 100 ns for each page. Any thread may call it. There is no corresponding C
    /// function.
    public func nodes() throws(DPDKError) -> [NUMANode: Int] {
        try attachment.whileThere { (_) throws(DPDKError) in
            let bytes = unsafe Int(view.size) * MemoryLayout<Element.Slot>.stride
            return unsafe try NUMANode.pages(at: view.slots, byteCount: bytes, pageSize: Int(view.page_size))
        }
    }

    /// The live process that holds the exclusive producer, or nil if none does.
    ///
    /// It costs a few system calls. Any thread may ask.
    public var producerHolder: ProcessIdentity? { holder(of: .producer) }

    /// The live process that holds the exclusive consumer, or nil if none does.
    ///
    /// It costs a few system calls. Any thread may ask.
    public var consumerHolder: ProcessIdentity? { holder(of: .consumer) }

    private func holder(of kind: End.Kind) -> ProcessIdentity? {
        try? attachment.whileThere { member in
            member.registry.holder(of: End(kind: kind), of: attachment.reference, seenBy: member.holder)
        }
    }
}

// MARK: - Destroying

extension SharedRing where Element: ~Copyable {
    /// Frees the ring's memory. Values in the ring are lost, and packets in it go back to their pool.
    ///
    /// Other processes can no longer look the ring up, and operations on copies of this handle throw `.destroyed`.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.inUse` while any process, this one included, has an end or another handle of it; `.wrongKind` if a
    ///   process without this library made it; `.destroyed`, `.shutDown` or `.setUpLockTimeout`.
    ///
    /// Any thread may call this. The corresponding C function is `rte_ring_free`.
    public func destroy(in process: PrimaryProcess) throws(DPDKError) {
        let ring = unsafe ring
        let carriesPackets = Element.Slot.self == Packet.Slot.self
        try attachment.destroy(
            by: process.running(),
            emptying: { () throws(DPDKError) in if carriesPackets { unsafe cdpdk_ring_free_packets(ring) } }
        ) { unsafe cdpdk_ring_free(ring) }
    }
}

extension SharedLayout {
    /// The layout of a ring's slots, which the element type states.
    fileprivate init<Element: RingElement & ~Copyable>(ofSlotsFor element: Element.Type) throws(DPDKError) {
        self = try Element.slotLayout()
        // The layout decides the size of the slots that the ends write.
        guard type == Reflection.identifier(of: Element.Slot.self) else {
            throw .describesAnotherType(Element.Slot.self, self, in: "slotLayout()")
        }
        // The slot of a packet is an address, which must not be read as anything else.
        guard
            Element.Slot.self != Packet.Slot.self
                || Reflection.identifier(of: element) == Reflection.identifier(of: Packet.self)
        else {
            throw DPDKError(
                .unsupportedType, "type '\(Reflection.name(of: element))'",
                "its Slot is Packet.Slot, which only Packet may have", remedy: "Use SharedRing<Packet>")
        }
        try validateForRing()
    }
}

extension Registry.RecordedLayout {
    init(_ layout: SharedLayout) {
        self.init(
            fingerprint: layout.fingerprint, size: layout.size, stride: layout.stride, alignment: layout.alignment,
            text: layout.description)
    }

    func matches(_ layout: SharedLayout) -> Bool {
        fingerprint == layout.fingerprint && size == layout.size && stride == layout.stride
            && alignment == layout.alignment
    }
}
