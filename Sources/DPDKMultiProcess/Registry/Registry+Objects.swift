internal import CDPDK

/// An entry of the object table. The generation tells the object from earlier and later ones in the same entry.
struct ObjectReference: Hashable, Sendable {
    let index: Int
    let generation: UInt32
}

/// The kinds of named objects. The numbers are part of the registry's format.
enum ObjectKind: UInt32, CaseIterable, Sendable {
    case ring = 1
    case pool = 2
    case region = 3
    case port = 4

    var noun: String {
        switch self {
        case .ring: "ring"
        case .pool: "packet pool"
        case .region: "region"
        case .port: "port"
        }
    }

    /// The longest name that DPDK keeps for such an object, in bytes.
    var nameLimit: Int {
        switch self {
        case .ring: Int(CDPDK_RING_NAME_MAX)
        case .pool: Int(CDPDK_POOL_NAME_MAX)
        case .region: Int(CDPDK_MEMZONE_NAME_MAX)
        case .port: Int(CDPDK_PORT_NAME_MAX)
        }
    }

    /// An object as messages name it: `ring 'ticks'`.
    func named(_ name: String) -> String { "\(noun) '\(name)'" }

    /// The prefixes of names that DPDK and this library use for the memory behind objects.
    ///
    /// DPDK has a zone behind each ring, and a ring and a zone behind each pool. A user who looked them up could free
    /// them in spite of the claims on the ring or the pool.
    private var reservedPrefixes: [String] {
        switch self {
        case .ring: ["MP_"]
        case .region: ["RG_", "MP_", "DPDKMP_"]
        case .pool, .port: []
        }
    }

    /// Whether DPDK has no memory for such an object of this name, as far as that can be seen without a lock of EAL.
    func isMissing(_ name: String) -> Bool {
        switch self {
        case .ring: unsafe cdpdk_memzone_is_missing("RG_", name)
        case .pool: unsafe cdpdk_memzone_is_missing("MP_", name)
        case .region: unsafe cdpdk_memzone_is_missing("", name)
        case .port: false
        }
    }

    /// Throws `.invalidName` if the name is reserved, or if DPDK would cut it or could not find it again.
    func validate(_ name: String) throws(DPDKError) {
        if let prefix = reservedPrefixes.first(where: name.hasPrefix) {
            throw DPDKError(
                .invalidName, named(name),
                "names that begin with '\(prefix)' are reserved for the memory of other objects",
                remedy: "Choose a name that begins with other characters")
        }
        let problem: String
        if name.isEmpty {
            problem = "the name is empty"
        } else if name.utf8.count > nameLimit {
            problem = "the name has \(name.utf8.count) bytes, but DPDK allows \(nameLimit) for a \(noun)"
        } else if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
            problem = "the name has a control character"
        } else {
            return
        }
        throw DPDKError(
            .invalidName, named(name), problem, remedy: "Choose a name of 1 to \(nameLimit) printable bytes")
    }
}

extension Registry {
    /// A validated copy of an object's entry.
    struct ObjectEntry {
        let reference: ObjectReference
        let kind: ObjectKind
        let name: String
        let isForeign: Bool
        /// The address of the memory zone that it lies in; 0 if that is not known.
        let zone: UInt64
        let layout: RecordedLayout
    }

    /// A layout in the registry, all zero for an object without one.
    struct RecordedLayout: Hashable {
        var fingerprint: UInt64 = 0
        var size: Int = 0
        var stride: Int = 0
        var alignment: Int = 0
        var text = ""
    }

    func object(_ index: Int) throws(DPDKError) -> ObjectEntry? {
        let entry = unsafe objectEntry(index)
        let state = unsafe cdpdk_load_acquire_32(&entry.pointee.state)
        guard state <= UInt32(CDPDK_OBJECT_READY) else { throw .corrupted("object \(index) is in state \(state)") }
        guard state == UInt32(CDPDK_OBJECT_READY) else { return nil }
        guard let kind = unsafe ObjectKind(rawValue: entry.pointee.kind) else {
            throw .corrupted("object \(index) is of kind \(unsafe entry.pointee.kind)")
        }
        guard let name = unsafe withUnsafeBytes(of: entry.pointee.name, { unsafe SharedText.read($0) }),
            let text = unsafe withUnsafeBytes(of: entry.pointee.layout, { unsafe SharedText.read($0) })
        else { throw .corrupted("object \(index) has no valid name or layout") }
        guard unsafe max(entry.pointee.size, entry.pointee.stride) < 1 << 48 else {
            throw .corrupted("object \(index) has an impossible size")
        }
        return unsafe ObjectEntry(
            reference: ObjectReference(index: index, generation: entry.pointee.generation), kind: kind, name: name,
            isForeign: entry.pointee.flags & CDPDK_OBJECT_FOREIGN != 0, zone: entry.pointee.zone,
            layout: RecordedLayout(
                fingerprint: entry.pointee.fingerprint, size: Int(entry.pointee.size),
                stride: Int(entry.pointee.stride), alignment: Int(truncatingIfNeeded: entry.pointee.alignment),
                text: text))
    }

    /// The object of a kind and name, or nil.
    func find(_ kind: ObjectKind, _ name: String) throws(DPDKError) -> ObjectEntry? {
        for index in 0..<Self.objectCount {
            if let entry = try object(index), entry.kind == kind, entry.name == name { return entry }
        }
        return nil
    }

    /// `CDPDK_OBJECT_…` of an object.
    func flags(of reference: ObjectReference) -> UInt32 {
        unsafe cdpdk_load_relaxed_32(&objectEntry(reference.index).pointee.flags)
    }

    func isCurrent(_ reference: ObjectReference) -> Bool {
        let entry = unsafe objectEntry(reference.index)
        return unsafe cdpdk_load_acquire_32(&entry.pointee.state) == UInt32(CDPDK_OBJECT_READY)
            && entry.pointee.generation == reference.generation
    }

    /// Enters an object and creates it with `make`, while the entry is being written. `make` may state the address of
    /// the memory zone that the object is in. The set-up lock is held.
    func enter<Made>(
        _ kind: ObjectKind, _ name: String, layout: RecordedLayout, foreign: Bool = false,
        make: (_ zone: inout UInt64) throws(DPDKError) -> Made
    ) throws(DPDKError) -> (ObjectReference, Made) {
        var free: Int?
        // A foreign object may have been freed in the meantime. `make` finds out from DPDK.
        var foreignOne: ObjectReference?
        for index in 0..<Self.objectCount {
            if let entry = try object(index) {
                guard entry.kind == kind, entry.name == name else { continue }
                if entry.isForeign, !foreign {
                    foreignOne = entry.reference
                    continue
                }
                throw DPDKError(
                    .nameTaken, kind.named(name), "an object of this name already exists",
                    remedy: "Choose another name, or look the object up instead of creating it")
            } else if free == nil {
                // The entry is free, or a process that died under the set-up lock left it unfinished.
                free = index
            }
        }
        if free == nil { free = try unusedForeignEntry() }
        guard let free else {
            throw DPDKError(
                .registryFull, "object table", "all \(Self.objectCount) places for named objects are taken",
                remedy: "Destroy objects that are no longer needed")
        }
        let entry = unsafe objectEntry(free)
        note(0, ofObject: free)
        unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_OBJECT_CREATING))
        let generation = unsafe entry.pointee.generation &+ 1
        unsafe entry.pointee.generation = generation
        unsafe entry.pointee.kind = kind.rawValue
        unsafe entry.pointee.flags = foreign ? CDPDK_OBJECT_FOREIGN : 0
        unsafe entry.pointee.fingerprint = layout.fingerprint
        unsafe entry.pointee.size = UInt64(layout.size)
        unsafe entry.pointee.stride = UInt64(layout.stride)
        unsafe entry.pointee.alignment = UInt64(layout.alignment)
        unsafe entry.pointee.configured = 0
        unsafe entry.pointee.port_state = 0
        for side in [UInt32(CDPDK_MOVE_PUT), UInt32(CDPDK_MOVE_TAKE)] {
            unsafe cdpdk_registry_move(base, UInt32(free), side).pointee = cdpdk_registry_move()
        }
        unsafe entry.pointee.pool = 0
        unsafe withUnsafeMutableBytes(of: &entry.pointee.name) { unsafe SharedText.write(name, to: $0) }
        unsafe withUnsafeMutableBytes(of: &entry.pointee.layout) { unsafe SharedText.write(layout.text, to: $0) }
        let made: Made
        do throws(DPDKError) {
            var zone: UInt64 = 0
            made = try make(&zone)
            unsafe entry.pointee.zone = zone
            var view = unsafe cdpdk_memzone_view()
            let isInMemory = unsafe (kind == .ring || kind == .pool) && cdpdk_memzone_read(zone, &view)
            note(isInMemory ? unsafe UInt(bitPattern: view.address) : 0, ofObject: free)
        } catch {
            unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_OBJECT_FREE))
            throw error
        }
        if let foreignOne { remove(foreignOne) }
        unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_OBJECT_READY))
        return (ObjectReference(index: free, generation: generation), made)
    }

    /// Notes the address of a ring or a pool, by which processes find it for their records. The set-up lock is held.
    func note(_ address: UInt, ofObject index: Int) {
        unsafe cdpdk_store_release_64(cdpdk_registry_addresses(base) + index, UInt64(address))
        unsafe cdpdk_store_release_64(changes, cdpdk_load_relaxed_64(changes) &+ 1)
    }

    /// An entry of a foreign object on which no process has a claim. Another look-up of the object would enter it
    /// again. The set-up lock is held.
    private func unusedForeignEntry() throws(DPDKError) -> Int? {
        let claimed = claimedObjects()
        for index in 0..<Self.objectCount {
            if let entry = try object(index), entry.isForeign, !claimed.contains(entry.reference),
                configuration(of: entry.reference) == .none, !isMoving(index)
            {
                return index
            }
        }
        return nil
    }

    /// Whether a process moves packets of a pool between a cache and the pool.
    private func isMoving(_ index: Int) -> Bool {
        [UInt32(CDPDK_MOVE_PUT), UInt32(CDPDK_MOVE_TAKE)].contains { side in
            unsafe cdpdk_load_acquire_64(&cdpdk_registry_move(base, UInt32(index), side).pointee.owner) != 0
        }
    }

    /// Whether and when a port was configured.
    enum PortConfigurationState: Hashable {
        /// No process with this library has configured it.
        case none
        /// The last configuration failed half-way, or is in progress.
        case failed
        /// The port was configured at a time in nanoseconds of the machine's monotonic clock.
        case at(UInt64)

        fileprivate init(_ word: UInt64) {
            self = word == 0 ? .none : word == .max ? .failed : .at(word)
        }

        fileprivate var word: UInt64 {
            switch self {
            case .none: 0
            case .failed: .max
            case .at(let time): time
            }
        }
    }

    /// Records the state of a port's configuration. The set-up lock is held.
    func note(_ state: PortConfigurationState, of reference: ObjectReference) {
        unsafe cdpdk_store_release_64(&objectEntry(reference.index).pointee.configured, state.word)
    }

    func configuration(of reference: ObjectReference) -> PortConfigurationState {
        unsafe PortConfigurationState(cdpdk_load_acquire_64(&objectEntry(reference.index).pointee.configured))
    }

    /// Takes an object out of the table. The set-up lock is held.
    func remove(_ reference: ObjectReference) {
        let entry = unsafe objectEntry(reference.index)
        note(0, ofObject: reference.index)
        unsafe cdpdk_store_release_32(&entry.pointee.state, UInt32(CDPDK_OBJECT_FREE))
    }
}
