internal import CDPDK

/// One value of a type in shared memory, under a name: configuration, statistics, state.
///
/// A `SharedRegion` is a handle: it can be copied and passed to other threads, and nothing is freed at the end of its
/// scope. Each read and each write through the handle checks that the region still exists. For data paths, where that
/// costs too much, and for atomics, take an ``Access``.
///
///     struct Limits: SharedValue { var rate: UInt64; var burst: UInt32 }
///     let limits = try SharedRegion(creating: "limits", initial: Limits(rate: 1_000, burst: 32), in: primary)
///     try limits.write(500, to: \.rate)
///
/// Creation records the layout of `Value`, and look-up compares it. The region is an ordinary `rte_memzone`, aligned to
/// a cache line, so that a C process can use it.
@safe public struct SharedRegion<Value: SharedValue & ~Copyable>: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let pageSize: Int
    let attachment: Attachment

    /// The region's name, 1 to 31 bytes.
    public var name: String { attachment.name }
}

// MARK: - Creating

extension SharedRegion where Value: ~Copyable {
    /// Creates a region with a first value. Other processes find the region only when the value is complete.
    ///
    /// - Parameters:
    ///   - name: 1 to 31 bytes, unique among the group's regions and DPDK's own memory zones, and not beginning with
    ///     `RG_`, `MP_` or `DPDKMP_`, as the names of the memory behind other objects do.
    ///   - initial: The first value.
    ///   - node: The NUMA node that the memory is to be on.
    ///   - process: The primary.
    /// - Throws: `.invalidName`; `.nameTaken`; `.unsupportedType` if the layout of `Value` cannot be shared;
    ///   `.invalidArgument` for a node that does not exist; `.outOfMemory`; `.registryFull`; `.setUpLockTimeout`;
    ///   `.shutDown`.
    ///
    /// The first value lies on the stack meanwhile. A value of megabytes overflows the stack, which ends the process;
    /// make a region of a small header instead, and rings or packets for the rest.
    ///
    /// It takes EAL's locks, so it is for set-up. Any thread may call it. The corresponding C function is
    /// `rte_memzone_reserve_aligned`.
    public init(
        creating name: String, initial: consuming Value, on node: NUMANode = .local, in process: PrimaryProcess
    ) throws(DPDKError) {
        let member = try process.running()
        let layout = try SharedLayout(of: Value.self)
        let socket = try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id()))
        var value: Value? = consume initial
        let (attachment, zone) = unsafe try member.create(.region, name, layout: .init(layout)) {
            (zone) throws(DPDKError) -> Zone in
            var view = unsafe cdpdk_memzone_view()
            let status = unsafe cdpdk_memzone_reserve(name, UInt64(layout.stride), socket, &view)
            guard status == 0, let address = unsafe view.address else {
                throw .creation(.region, name, RTEErrno(rawValue: status), byteCount: layout.stride)
            }
            unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: layout.stride)
            if let first = value.take() {
                unsafe address.bindMemory(to: Value.self, capacity: 1).initialize(to: first)
            }
            unsafe zone = view.zone
            return unsafe (address, view)
        } undo: { _ in
            _ = unsafe cdpdk_memzone_free(name)
        }
        unsafe self.init(zone: zone, attachment: attachment)
    }

    /// Looks up a region that a process with this library created.
    ///
    /// - Parameters:
    ///   - name: The region's name.
    ///   - process: This process.
    /// - Throws: `.notFound`; `.layoutMismatch` if the region was created for another layout; `.wrongKind` if a process
    ///   without this library made it; `.unsupportedType`, `.invalidName`, `.registryFull`, `.setUpLockTimeout` or
    ///   `.shutDown`.
    ///
    /// It is for set-up, and takes a lock of EAL only if it finds nothing. Any thread may call it. The corresponding C
    /// function is `rte_memzone_lookup`.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: false, try process.running())
    }

    /// Looks up a memory zone that any process made, for instance a C process; you vouch for its content.
    ///
    /// Only the zone's size and alignment are checked. If the zone holds something else, a write corrupts the memory of
    /// the process that made it. That process may free the zone while this process uses it, and no other process can
    /// destroy it.
    ///
    /// - Parameters:
    ///   - name: The zone's name.
    ///   - process: This process.
    /// - Throws: `.notFound`; `.layoutMismatch` if the zone is too small or not aligned; otherwise what
    ///   ``init(lookingUp:in:)`` throws.
    ///
    /// It takes EAL's locks, so it is for set-up. Any thread may call it. The corresponding C function is
    /// `rte_memzone_lookup`.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: true, try process.running())
    }

    private init(lookingUp name: String, isForeign: Bool, _ member: Member) throws(DPDKError) {
        let layout = try SharedLayout(of: Value.self)
        let (attachment, zone) = unsafe try member.lookUp(
            .region, name, isForeign: isForeign, layout: layout,
            at: { (zone) -> Zone? in unsafe Self.zone(name, at: zone) },
            find: { () -> Zone? in unsafe Self.zone(name) }
        ) { (zone) throws(DPDKError) in
            guard unsafe Int(zone.view.length) >= layout.size,
                unsafe UInt(bitPattern: zone.address) % UInt(layout.alignment) == 0
            else {
                throw DPDKError(
                    .layoutMismatch, ObjectKind.region.named(name),
                    "it has \(unsafe zone.view.length) bytes, and \(layout.typeName) needs \(layout.size) aligned to"
                        + " \(layout.alignment)",
                    remedy: "Check the type in the program that made the zone")
            }
        }
        unsafe self.init(zone: zone, attachment: attachment)
    }

    /// A memory zone and its properties, which are read before a shutdown can take the memory away.
    @unsafe private typealias Zone = (address: UnsafeMutableRawPointer, view: cdpdk_memzone_view)

    private init(zone: Zone, attachment: Attachment) {
        unsafe address = zone.address
        pageSize = unsafe Int(zone.view.page_size)
        self.attachment = attachment
    }

    private static func zone(_ name: String, at zone: UInt64) -> Zone? {
        var view = unsafe cdpdk_memzone_view()
        guard unsafe cdpdk_memzone_at(zone, "", name, &view), let address = unsafe view.address else { return nil }
        return unsafe (address, view)
    }

    private static func zone(_ name: String) -> Zone? {
        var view = unsafe cdpdk_memzone_view()
        guard unsafe cdpdk_memzone_lookup(name, &view) == 0, let address = unsafe view.address else { return nil }
        return unsafe (address, view)
    }
}

// MARK: - NUMA nodes and destroying

extension SharedRegion where Value: ~Copyable {
    /// The NUMA nodes that the region's memory is actually on, with the number of its pages on each.
    ///
    /// - Returns: The number of pages for each node.
    /// - Throws: `.destroyed` or `.shutDown`; `.permissionDenied` if the kernel refuses to tell.
    ///
    /// It costs a system call, and some 100 ns for each page. Any thread may call it. There is no corresponding C
    /// function.
    public func nodes() throws(DPDKError) -> [NUMANode: Int] {
        try attachment.whileThere { (_) throws(DPDKError) in
            unsafe try NUMANode.pages(at: address, byteCount: MemoryLayout<Value>.size, pageSize: pageSize)
        }
    }

    /// Frees the region's memory, without running a `deinit` of the value.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.inUse` while another process, or another handle of this process, has looked it up, or while an
    ///   access to it exists; `.wrongKind` if a process without this library made it; `.destroyed`, `.shutDown` or
    ///   `.setUpLockTimeout`.
    ///
    /// Any thread may call this. The corresponding C function is `rte_memzone_free`.
    public func destroy(in process: PrimaryProcess) throws(DPDKError) {
        let name = name
        try attachment.destroy(by: process.running()) { _ = unsafe cdpdk_memzone_free(name) }
    }
}
