internal import CDPDK
internal import Synchronization

/// What a handle has of its object: a claim that keeps others from destroying it, until the last copy of the handle is
/// gone.
final class Attachment: Sendable {
    let reference: ObjectReference
    let kind: ObjectKind
    let name: String
    /// Whether a process without this library made the object.
    let isForeign: Bool
    private let claim: Claim
    private let isDestroyed = Atomic(false)

    /// Claims the attachment in the section that entered or found the object, so that nobody destroys it in between.
    /// The set-up lock is held.
    fileprivate init(
        _ reference: ObjectReference, _ kind: ObjectKind, _ name: String, isForeign: Bool = false, for member: Member
    ) throws(DPDKError) {
        self.reference = reference
        self.kind = kind
        self.name = name
        self.isForeign = isForeign
        claim = try member.registry.attach(to: reference, named: kind.named(name), for: member.holder)
    }

    deinit {
        // After the shutdown the claim is gone with the registry.
        Member.state.withLock { if case .running = $0 { claim.release() } }
    }

    var what: String { kind.named(name) }

    /// Whether the object is there, for those who hold something that a shutdown waits for.
    var isThere: Bool { !isDestroyed.load(ordering: .acquiring) }

    /// The member that this process is; throws `.destroyed` or `.shutDown` if the object cannot be used.
    func member() throws(DPDKError) -> Member {
        let member = try Member.current()
        guard isThere else { throw .destroyed(what) }
        return member
    }

    /// Runs `body`, which is short, while neither a shutdown nor the object's end can pass, or throws as `member()`
    /// does.
    ///
    /// `body` asks for no member, and does not take the set-up lock.
    func whileThere<Result>(
        _ body: (Member) throws(DPDKError) -> sending Result
    ) throws(DPDKError) -> sending Result {
        try Member.whileRunning { (member) throws(DPDKError) in
            guard isThere else { throw .destroyed(what) }
            return try body(member)
        }
    }

    /// Claims an end of the object for this process.
    func claim(_ end: End, named what: String? = nil) throws(DPDKError) -> Claim {
        let member = try member()
        return try member.registry.claim(end, of: reference, named: what ?? self.what, for: member.holder)
    }

    /// Destroys the object with `body`, or throws `.inUse` with those who still hold something of it, or `.wrongKind`
    /// if a process without this library made it: nobody knows who uses it.
    ///
    /// `others` names holders that the claims do not show; it is called under the set-up lock.
    func destroy(
        by member: Member,
        alsoHeldBy others: (Member) throws(DPDKError) -> [ProcessIdentity] = { (_) throws(DPDKError) in [] },
        _ body: () -> Void
    ) throws(DPDKError) {
        guard isThere else { throw .destroyed(what) }
        guard !isForeign else {
            throw DPDKError(
                .wrongKind, what, "a process without this library made it, and may still use it",
                remedy: "Let the program that made it destroy it")
        }
        try member.registry.withSetUpLock { () throws(DPDKError) in
            guard member.registry.isCurrent(reference) else { throw .destroyed(what) }
            // Other threads of this process find it destroyed from here on, so that nothing new is taken from it while
            // it is looked at.
            isDestroyed.store(true, ordering: .sequentiallyConsistent)
            do throws(DPDKError) {
                var holders = member.registry.holders(of: reference, butFor: claim, seenBy: member.holder)
                for other in try others(member) where !holders.contains(other) { holders.append(other) }
                guard holders.isEmpty else {
                    throw DPDKError(
                        .inUse, what, "it is still used by \(holders.map(\.description).joined(separator: ", "))",
                        remedy: "End those processes, or let go of the ends, packets and handles that they have of it",
                        holders: holders)
                }
            } catch {
                isDestroyed.store(false, ordering: .releasing)
                throw error
            }
            member.registry.remove(reference)
            // Whoever looked at the object just now has finished.
            Member.state.withLock { _ in body() }
        }
    }
}

extension Member {
    /// Creates an object with `make` and enters it into the registry; `undo` destroys it where no handle can be had.
    func create<Made>(
        _ kind: ObjectKind, _ name: String, layout: Registry.RecordedLayout = .init(),
        make: () throws(DPDKError) -> Made, undo: (Made) -> Void
    ) throws(DPDKError) -> (Attachment, Made) {
        try kind.validate(name)
        return try registry.withSetUpLock { () throws(DPDKError) in
            let (reference, made) = try registry.enter(kind, name, layout: layout, make: make)
            do throws(DPDKError) {
                return (try Attachment(reference, kind, name, for: self), made)
            } catch {
                registry.remove(reference)
                undo(made)
                throw error
            }
        }
    }

    /// Looks an object up that this library created, or with `isForeign` one that anybody made, which is entered as
    /// foreign where this library did not make it.
    ///
    /// `find` is DPDK's own look-up; it tells an object that a process without this library made from one that is not
    /// there. `layout` is compared with the recorded one, and `check` looks at the object itself: a process without
    /// this library may have freed the one that was recorded, and made another of that name.
    func lookUp<Found>(
        _ kind: ObjectKind, _ name: String, isForeign: Bool = false, layout: SharedLayout?, find: () -> Found?,
        check: (Found) throws(DPDKError) -> Void
    ) throws(DPDKError) -> (Attachment, Found) {
        try kind.validate(name)
        let what = kind.named(name)
        return try registry.withSetUpLock { () throws(DPDKError) in
            let entry = try registry.find(kind, name)
            guard let found = find() else {
                // Whoever made it has freed it, without a word to the registry.
                if let entry, entry.isForeign { registry.remove(entry.reference) }
                throw DPDKError.notFound(what)
            }
            if entry?.isForeign ?? true, !isForeign { throw DPDKError.foreign(what) }
            if let layout, let entry, !entry.isForeign, !entry.layout.matches(layout) {
                throw DPDKError.layoutMismatch(what, expected: layout, found: entry.layout)
            }
            try check(found)
            let reference =
                if let entry { entry.reference } else {
                    try registry.enter(
                        kind, name, layout: .init(), foreign: true, make: { () throws(DPDKError) in }
                    ).0
                }
            return (
                try Attachment(reference, kind, name, isForeign: entry?.isForeign ?? true, for: self), found
            )
        }
    }
}
