internal import CDPDK
internal import Synchronization

/// What a handle has of its object: a claim that keeps others from destroying it, until the last copy of the handle is
/// gone.
final class Attachment: Sendable {
    let reference: ObjectReference
    let kind: ObjectKind
    let name: String
    private let claim: Claim
    private let isDestroyed = Atomic(false)

    init(_ reference: ObjectReference, _ kind: ObjectKind, _ name: String, for member: Member) throws(DPDKError) {
        self.reference = reference
        self.kind = kind
        self.name = name
        claim = try member.directory.claim(
            End(kind: .attachment), of: reference, named: kind.named(name), for: member.holder)
    }

    deinit {
        // After the shutdown the claim is gone with the directory.
        Member.state.withLock { if case .running = $0 { claim.release() } }
    }

    var what: String { kind.named(name) }

    /// Whether the object is there and DPDK is running.
    var isUsable: Bool {
        Member.isRunning.load(ordering: .acquiring) && !isDestroyed.load(ordering: .acquiring)
    }

    /// The member that this process is, where the object is usable; throws `.destroyed` or `.shutDown` where it is not.
    func member() throws(DPDKError) -> Member {
        let member = try Member.current()
        if isDestroyed.load(ordering: .acquiring) { throw .destroyed(what) }
        return member
    }

    /// Claims an end of the object for this process.
    func claim(_ end: End, named what: String? = nil) throws(DPDKError) -> Claim {
        let member = try member()
        return try member.directory.claim(end, of: reference, named: what ?? self.what, for: member.holder)
    }

    /// Destroys the object with `body`, or throws `.inUse` with those who still hold something of it.
    func destroy(
        alsoHeldBy others: () throws(DPDKError) -> [ProcessIdentity] = { () throws(DPDKError) in [] },
        _ body: () -> Void
    ) throws(DPDKError) {
        let member = try member()
        try member.directory.withSetUpLock { () throws(DPDKError) in
            guard member.directory.isCurrent(reference) else { throw .destroyed(what) }
            var holders = member.directory.holders(of: reference, butFor: claim, seenBy: member.holder)
            for other in try others() where !holders.contains(other) { holders.append(other) }
            guard holders.isEmpty else {
                throw DPDKError(
                    .inUse, what, "it is still used by \(holders.map(\.description).joined(separator: ", "))",
                    remedy: "End those processes, or let go of the ends, packets and handles that they have of it",
                    holders: holders)
            }
            isDestroyed.store(true, ordering: .releasing)
            member.directory.remove(reference)
            body()
        }
    }
}

extension Member {
    /// Creates an object with `make` and enters it into the directory; `undo` destroys it where no handle can be had.
    func create<Made>(
        _ kind: ObjectKind, _ name: String, layout: Directory.RecordedLayout = .init(), capacity: Int,
        make: () throws(DPDKError) -> Made, undo: (Made) -> Void
    ) throws(DPDKError) -> (Attachment, Made) {
        try kind.validate(name)
        let (reference, made) = try directory.withSetUpLock { () throws(DPDKError) in
            try directory.enter(kind, name, layout: layout, capacity: capacity, by: holder, make: make)
        }
        do throws(DPDKError) {
            return (try Attachment(reference, kind, name, for: self), made)
        } catch {
            try directory.withSetUpLock { () throws(DPDKError) in
                directory.remove(reference)
                undo(made)
            }
            throw error
        }
    }

    /// Looks an object up that this library created.
    ///
    /// `find` is DPDK's own look-up; it tells an object that a process without this library made from one that is not
    /// there.
    func lookUp<Found>(
        _ kind: ObjectKind, _ name: String, find: () -> Found?, check: (Directory.ObjectEntry) throws(DPDKError) -> Void
    ) throws(DPDKError) -> (Attachment, Directory.ObjectEntry, Found) {
        try kind.validate(name)
        let (entry, found) = try directory.withSetUpLock { () throws(DPDKError) in
            let entry = try directory.find(kind, name)
            guard let found = find() else { throw DPDKError.notFound(kind.named(name)) }
            guard let entry, !entry.isForeign else { throw DPDKError.foreign(kind.named(name)) }
            try check(entry)
            return (entry, found)
        }
        return (try Attachment(entry.reference, kind, name, for: self), entry, found)
    }

    /// Looks an object up whatever made it, and enters it as foreign where this library did not.
    func lookUpForeign<Found>(
        _ kind: ObjectKind, _ name: String, find: () -> Found?, check: (Found) throws(DPDKError) -> Void
    ) throws(DPDKError) -> (Attachment, Found) {
        try kind.validate(name)
        let (reference, found) = try directory.withSetUpLock { () throws(DPDKError) in
            guard let found = find() else { throw DPDKError.notFound(kind.named(name)) }
            try check(found)
            if let entry = try directory.find(kind, name) { return (entry.reference, found) }
            let (reference, _) = try directory.enter(
                kind, name, layout: .init(), capacity: 0, foreign: true, by: holder, make: { () throws(DPDKError) in })
            return (reference, found)
        }
        return (try Attachment(reference, kind, name, for: self), found)
    }
}
