internal import CDPDK

/// One value of a type in shared memory, under a name: configuration, statistics, state.
///
/// A `SharedRegion` is a handle: it can be copied and sent freely, and going out of scope frees nothing. Reading and
/// writing through it checks each time that the region is still there; where that costs too much, and for atomics, take
/// an ``Access``.
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
    /// Creates a region with a first value, which others see whole or not at all.
    ///
    /// - Parameters:
    ///   - name: 1 to 31 bytes, unique among the group's regions and DPDK's own memory zones, and not beginning with
    ///     `RG_`,
    ///     `MP_` or `DPDKMP_`, as the memory behind other objects does.
    ///   - initial: The first value.
    ///   - node: The NUMA node that the memory is to be on.
    ///   - process: The primary.
    ///
    /// Throws `.invalidName`, `.nameTaken`, `.unsupportedType` where the layout of `Value` cannot be shared,
    /// `.outOfMemory`, `.registryFull`. Takes EAL's locks: it is for set-up. The value comes by way of the stack, which
    /// ends the process where it overflows: for one of megabytes, make a region of a small header and rings or packets
    /// for the rest. The corresponding C function is `rte_memzone_reserve_aligned`.
    public init(
        creating name: String, initial: consuming Value, on node: NUMANode = .local, in process: PrimaryProcess
    ) throws(DPDKError) {
        let member = try process.running()
        let layout = try SharedLayout(of: Value.self)
        let socket = try node.socketID(localSocket: Int32(bitPattern: cdpdk_socket_id()))
        var value: Value? = consume initial
        let (attachment, zone) = unsafe try member.create(.region, name, layout: .init(layout)) {
            () throws(DPDKError) -> Zone in
            var view = unsafe cdpdk_memzone_view()
            let status = unsafe cdpdk_memzone_reserve(name, UInt64(layout.stride), socket, &view)
            guard status == 0, let address = unsafe view.address else {
                throw .creation(.region, name, RTEErrno(rawValue: status), byteCount: layout.stride)
            }
            unsafe address.initializeMemory(as: UInt8.self, repeating: 0, count: layout.stride)
            if let first = value.take() {
                unsafe address.bindMemory(to: Value.self, capacity: 1).initialize(to: first)
            }
            return unsafe (address, view)
        } undo: { _ in
            _ = unsafe cdpdk_memzone_free(name)
        }
        unsafe self.init(zone: zone, attachment: attachment)
    }

    /// Looks up a region that a process with this library created.
    ///
    /// Takes EAL's locks: it is for set-up, from any thread. The corresponding C function is `rte_memzone_lookup`.
    ///
    /// - Parameters:
    ///   - name: The region's name.
    ///   - process: This process.
    /// - Throws: `.notFound`, `.layoutMismatch` if it was created for another layout, `.wrongKind` if a process without
    ///   this library made it, `.unsupportedType`, `.invalidName`, `.registryFull`, `.setUpLockTimeout` or `.shutDown`.
    public init(lookingUp name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: false, try process.running())
    }

    /// Looks up a memory zone that any process made, a C process for instance, on the caller's word for what is in it.
    ///
    /// Only the zone's size and alignment are compared; writing to a zone that something else lies in corrupts the
    /// memory of whoever made it. Its maker may free it while this process uses it, and only its maker destroys it.
    /// Takes EAL's locks: it is for set-up, from any thread. The corresponding C function is `rte_memzone_lookup`.
    ///
    /// - Parameters:
    ///   - name: The zone's name.
    ///   - process: This process.
    /// - Throws: `.notFound`, `.layoutMismatch` if the zone is too small or not aligned, and what
    ///   ``init(lookingUp:in:)`` throws for the rest.
    @unsafe public init(lookingUpForeign name: String, in process: DPDKProcess) throws(DPDKError) {
        try self.init(lookingUp: name, isForeign: true, try process.running())
    }

    private init(lookingUp name: String, isForeign: Bool, _ member: Member) throws(DPDKError) {
        let layout = try SharedLayout(of: Value.self)
        let (attachment, zone) = unsafe try member.lookUp(
            .region, name, isForeign: isForeign, layout: layout, find: { () -> Zone? in unsafe Self.zone(name) }
        ) { (zone) throws(DPDKError) in
            guard unsafe Int(zone.view.length) >= layout.size,
                unsafe UInt(bitPattern: zone.address) % UInt(layout.alignment) == 0
            else {
                throw DPDKError(
                    .layoutMismatch, ObjectKind.region.named(name),
                    "it has \(unsafe zone.view.length) bytes, and \(layout.typeName) needs \(layout.size) aligned to"
                        + " \(layout.alignment)",
                    remedy: "Look the type up in the program that made the zone")
            }
        }
        unsafe self.init(zone: zone, attachment: attachment)
    }

    /// A memory zone and what there is to know of it, which is read before a shutdown can pass.
    @unsafe private typealias Zone = (address: UnsafeMutableRawPointer, view: cdpdk_memzone_view)

    private init(zone: Zone, attachment: Attachment) {
        unsafe address = zone.address
        pageSize = unsafe Int(zone.view.page_size)
        self.attachment = attachment
    }

    private static func zone(_ name: String) -> Zone? {
        var view = unsafe cdpdk_memzone_view()
        guard unsafe cdpdk_memzone_lookup(name, &view) == 0, let address = unsafe view.address else { return nil }
        return unsafe (address, view)
    }
}

// MARK: - Where it is, and its end

extension SharedRegion where Value: ~Copyable {
    /// The NUMA nodes that the region's memory is really on, with the number of its pages on each.
    ///
    /// Costs a system call, and some 100 ns for each page. Any thread may ask.
    ///
    /// - Throws: `.destroyed` or `.shutDown`, and `.permissionDenied` if the kernel does not tell.
    public func nodes() throws(DPDKError) -> [NUMANode: Int] {
        try attachment.whileThere { (_) throws(DPDKError) in
            unsafe try NUMANode.pages(at: address, byteCount: MemoryLayout<Value>.size, pageSize: pageSize)
        }
    }

    /// Frees the region's memory, without running a `deinit` of the value.
    ///
    /// Any thread may call this. The corresponding C function is `rte_memzone_free`.
    ///
    /// - Parameter process: The primary.
    /// - Throws: `.inUse` while another process, or another handle of this one, has looked it up, or an access is out;
    ///   `.wrongKind` if a process without this library made it; `.destroyed`, `.shutDown` or `.setUpLockTimeout`.
    public func destroy(in process: PrimaryProcess) throws(DPDKError) {
        let name = name
        try attachment.destroy(by: process.running()) { _ = unsafe cdpdk_memzone_free(name) }
    }
}
