internal import CDPDK
internal import Synchronization

/// A handle's claim on its object. It keeps others from destroying the object as long as a copy of the handle exists.
final class Attachment: Sendable {
    let reference: ObjectReference
    let kind: ObjectKind
    let name: String
    /// Whether a process that does not use this library created the object.
    let isForeign: Bool
    private let claim: Claim
    private let isDestroyed = Atomic(false)

    /// Claims the attachment. The set-up lock is held since the object was entered or found, so that nobody destroys it
    /// in between.
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
        // After the shutdown, the claim is gone with the registry.
        Member.state.withLock { if case .running = $0 { claim.release() } }
    }

    var what: String { kind.named(name) }

    /// The object's number in the registry, for the records of packets.
    var number: UInt32 { UInt32(truncatingIfNeeded: reference.index) }

    /// Whether the object exists. Only for callers that hold something that a shutdown waits for.
    var isThere: Bool { !isDestroyed.load(ordering: .acquiring) }

    /// Throws `.destroyed` if the object does not exist. A function of its own, so that its callers stay small.
    @inline(never)
    func checkIsThere() throws(DPDKError) {
        guard isThere else { throw .destroyed(what) }
    }

    /// This process as a member of its group. Throws `.destroyed` or `.shutDown` if the object cannot be used.
    func member() throws(DPDKError) -> Member {
        let member = try Member.current()
        try checkIsThere()
        return member
    }

    /// Runs `body` while DPDK cannot shut down and the object cannot be destroyed. Throws the errors of `member()`.
    ///
    /// `body` must be short, and must neither ask for the member nor take the set-up lock.
    func whileThere<Result>(
        _ body: (Member) throws(DPDKError) -> sending Result
    ) throws(DPDKError) -> sending Result {
        try Member.whileRunning { (member) throws(DPDKError) in
            try checkIsThere()
            return try body(member)
        }
    }

    /// Claims an end of the object for this process.
    func claim(_ end: End, named what: String? = nil) throws(DPDKError) -> Claim {
        let member = try member()
        return try member.registry.claim(end, of: reference, named: what ?? self.what, for: member.holder)
    }

    /// Destroys the object with `body`, after `emptying` has taken out what is in it and made sure that nobody uses it
    /// any more.
    ///
    /// Throws `.inUse` with the processes that still hold a part of it, or `.wrongKind` if the object is foreign: its
    /// users are not known. `others` returns holders without a claim; it is called under the set-up lock.
    func destroy(
        by member: Member,
        alsoHeldBy others: (Member) throws(DPDKError) -> [ProcessIdentity] = { (_) throws(DPDKError) in [] },
        emptying: () throws(DPDKError) -> Void = { () throws(DPDKError) in }, _ body: () -> Void
    ) throws(DPDKError) {
        try checkIsThere()
        guard !isForeign else {
            throw DPDKError(
                .wrongKind, what, "a process without this library created it, and may still use it",
                remedy: "Let the program that created it destroy it")
        }
        try member.registry.whileMemoryChanges { () throws(DPDKError) in
            guard member.registry.isCurrent(reference) else { throw .destroyed(what) }
            // From here on, the object is destroyed for the other threads of this process, so that they take nothing
            // new from it during the check.
            isDestroyed.store(true, ordering: .sequentiallyConsistent)
            do throws(DPDKError) {
                var holders = member.registry.holders(of: reference, butFor: claim, seenBy: member.holder)
                for other in try others(member) where !holders.contains(other) { holders.append(other) }
                guard holders.isEmpty else {
                    throw DPDKError(
                        .inUse, what, "it is still used by \(holders.map(\.description).joined(separator: ", "))",
                        remedy: "End those processes, or let go of their ends, packets and handles of it",
                        holders: holders)
                }
                // After the question who lives: nobody can die unseen in between.
                try member.registry.awaitSweeps(of: reference, named: what, seenBy: member.holder)
                try emptying()
            } catch {
                isDestroyed.store(false, ordering: .releasing)
                throw error
            }
            member.registry.freeing.withLock { _ in
                member.registry.remove(reference)
                // Under this lock, no call of `whileThere` is running.
                Member.state.withLock { _ in body() }
            }
        }
    }
}

extension Member {
    /// Creates an object with `make`, which states its memory zone, and enters it into the registry. If that fails
    /// afterwards, `undo` destroys it.
    func create<Made>(
        _ kind: ObjectKind, _ name: String, layout: Registry.RecordedLayout = .init(),
        make: (_ zone: inout UInt64) throws(DPDKError) -> Made, undo: (Made) -> Void
    ) throws(DPDKError) -> (Attachment, Made) {
        try kind.validate(name)
        return try registry.whileMemoryChanges { () throws(DPDKError) in
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

    /// Looks up an object that this library created. With `isForeign`, any object, which is entered as foreign if this
    /// library did not create it.
    ///
    /// `at` finds the object at the address of its memory zone, without a lock of EAL. `find` is DPDK's own look-up
    /// under such a lock, for what `at` does not find though there is memory of that name; it also finds foreign
    /// objects. `layout` is compared with the recorded layout. `check` examines the object itself: a process without
    /// this library may have freed the recorded object and created another one of the same name. `address` is where a
    /// ring or a pool is.
    func lookUp<Found>(
        _ kind: ObjectKind, _ name: String, isForeign: Bool = false, layout: SharedLayout?,
        at: (_ zone: UInt64) -> Found? = { _ in nil }, find: () -> Found?,
        address: (Found) -> UInt = { _ in 0 }, check: (Found) throws(DPDKError) -> Void
    ) throws(DPDKError) -> (Attachment, Found) {
        try kind.validate(name)
        let what = kind.named(name)
        return try registry.withSetUpLock { () throws(DPDKError) in
            let entry = try registry.find(kind, name)
            let known = entry.flatMap { $0.isForeign ? nil : at($0.zone) }
            guard let found = known ?? (kind.isMissing(name) ? nil : find()) else {
                // The process that created it has freed it without this library.
                if let entry, entry.isForeign { registry.remove(entry.reference) }
                for other in ObjectKind.allCases where other != kind {
                    guard try registry.find(other, name) != nil else { continue }
                    throw DPDKError(
                        .wrongKind, what, "the object of this name is a \(other.noun)",
                        remedy: "Look it up as what it is, or compare the name")
                }
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
                        kind, name, layout: .init(), foreign: true, make: { (_) throws(DPDKError) in }
                    ).0
                }
            // What a process without this library made has an address since its first look-up.
            let address = address(found)
            if address != 0, entry?.isForeign ?? true { registry.note(address, ofObject: reference.index) }
            return (
                try Attachment(reference, kind, name, isForeign: entry?.isForeign ?? true, for: self), found
            )
        }
    }
}
