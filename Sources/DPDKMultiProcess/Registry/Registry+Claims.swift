internal import CDPDK

/// The process that holds something, as one word of shared memory: its slot and the generation of that slot.
///
/// 0 stands for nobody, so the slot is stored one higher.
struct Holder: Hashable, Sendable {
    let word: UInt64

    init(slot: Int, generation: UInt32) {
        word = UInt64(slot + 1) << 32 | UInt64(generation)
    }

    /// Nil for a word that names nobody.
    init?(word: UInt64) {
        if word >> 32 == 0 { return nil }
        self.word = word
    }

    var slot: Int { Int(word >> 32) - 1 }
    var generation: UInt32 { UInt32(truncatingIfNeeded: word) }
}

/// What can be held by one live process at a time, and what is counted while it is out.
struct End: Hashable, Sendable {
    /// The numbers are part of the registry's format.
    enum Kind: UInt32 {
        case producer = 1
        case consumer = 2
        case receiveQueue = 3
        case transmitQueue = 4
        case sharedProducer = 5
        case sharedConsumer = 6
        /// Not an end: a handle that keeps its object from being destroyed.
        case attachment = 7
        /// Not an end: access to a region's memory.
        case access = 8

        /// Whether one process at a time may have it.
        var isExclusive: Bool { rawValue <= Self.transmitQueue.rawValue }
    }

    let kind: Kind
    /// Of the queue; 0 for the ends of a ring.
    var index: UInt32 = 0

    /// What it is, before the name of its object.
    var noun: String {
        switch kind {
        case .producer: "producer of"
        case .consumer: "consumer of"
        case .receiveQueue: "receive queue \(index) of"
        case .transmitQueue: "transmit queue \(index) of"
        case .sharedProducer: "shared producer of"
        case .sharedConsumer: "shared consumer of"
        case .attachment: "handle of"
        case .access: "access to"
        }
    }
}

/// An end that this process holds. Releasing it is one store to shared memory, from any thread.
@safe struct Claim: @unchecked Sendable {
    fileprivate let holder: UnsafeMutablePointer<UInt64>
    private let word: UInt64

    init(holder: UnsafeMutablePointer<UInt64>, word: UInt64) {
        unsafe self.holder = holder
        self.word = word
    }

    func release() {
        _ = unsafe cdpdk_compare_exchange_64(holder, word, 0)
    }
}

extension Registry {
    /// How long a claimant waits for the primary to free what a dead process held.
    static let claimPatience: Duration = .milliseconds(800)

    /// Claims an end of an object for `me`, or throws `.endpointInUse` with the live holder.
    ///
    /// Where the holder is dead, waits until the primary has freed its claims.
    func claim(_ end: End, of object: ObjectReference, named what: String, for me: Holder) throws(DPDKError) -> Claim {
        let deadline = ContinuousClock.now + Self.claimPatience
        while true {
            let result = try withSetUpLock { () throws(DPDKError) -> Result<Claim, Busy> in
                try tryClaim(end, of: object, named: what, for: me)
            }
            switch result {
            case .success(let claim): return claim
            case .failure(let busy):
                guard busy.state == .dead, ContinuousClock.now < deadline else { throw busy.error(what) }
                cdpdk_sleep_microseconds(2_000)
            }
        }
    }

    /// Claims an attachment, which any number may have. The set-up lock is held.
    func attach(to object: ObjectReference, named what: String, for me: Holder) throws(DPDKError) -> Claim {
        try write(End(kind: .attachment), of: object, named: what, for: me)
    }

    /// Why a claim cannot be had now.
    private struct Busy: Error {
        enum State { case own, alive, dead }
        let holder: ProcessIdentity
        let state: State

        func error(_ what: String) -> DPDKError {
            let (message, remedy) =
                switch state {
                case .own: ("this process holds it itself", "Let go of the one that it has before it takes another")
                case .alive: ("\(holder) holds it", "Take another one, or end that process first")
                case .dead:
                    (
                        "\(holder) held it, and the primary has not freed it since",
                        "See whether the primary is running or stopped"
                    )
                }
            return DPDKError(.endpointInUse, what, message, remedy: remedy, holders: [holder])
        }
    }

    private func tryClaim(
        _ end: End, of object: ObjectReference, named what: String, for me: Holder
    ) throws(DPDKError) -> Result<Claim, Busy> {
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            guard let holder = unsafe Holder(word: cdpdk_load_acquire_64(entry.holder)) else { continue }
            guard holder.slot < Self.processCount,
                unsafe cdpdk_load_relaxed_32(&entry.pointee.object) < CDPDK_REGISTRY_OBJECTS
            else {
                throw .corrupted("claim \(index) names process slot \(holder.slot)")
            }
            guard end.kind.isExclusive, unsafe entry.object == object && entry.end == end else { continue }
            let state: Busy.State = holder == me ? .own : isAlive(holder, seenBy: me) ? .alive : .dead
            if state != .dead || hasPrimary {
                return .failure(Busy(holder: identity(of: holder), state: state))
            }
            // Nobody frees the claims of the dead where the primary does not use this library.
            _ = unsafe cdpdk_compare_exchange_64(entry.holder, holder.word, 0)
        }
        return .success(try write(end, of: object, named: what, for: me))
    }

    /// Writes a claim to the first free place. The set-up lock is held.
    private func write(
        _ end: End, of object: ObjectReference, named what: String, for me: Holder
    ) throws(DPDKError) -> Claim {
        guard isCurrent(object) else { throw .destroyed(what) }
        let places = 0..<Self.claimCount
        guard let free = places.first(where: { unsafe cdpdk_load_acquire_64(claimEntry($0).holder) == 0 })
        else {
            throw DPDKError(
                .registryFull, "claim table", "all \(Self.claimCount) claims of the group are taken",
                remedy: "Let go of rings, regions, ports and queues that are needed no more")
        }
        let entry = unsafe claimEntry(free)
        unsafe cdpdk_store_relaxed_32(&entry.pointee.object, UInt32(object.index))
        unsafe cdpdk_store_relaxed_32(&entry.pointee.object_generation, object.generation)
        unsafe cdpdk_store_relaxed_32(&entry.pointee.end, end.kind.rawValue)
        unsafe cdpdk_store_relaxed_32(&entry.pointee.index, end.index)
        unsafe cdpdk_store_release_64(entry.holder, me.word)
        return unsafe Claim(holder: entry.holder, word: me.word)
    }

    /// The live processes that hold something of an object, one claim excepted.
    func holders(of object: ObjectReference, butFor exception: Claim, seenBy me: Holder) -> [ProcessIdentity] {
        unsafe holders(seenBy: me) { entry in
            unsafe entry.object == object && entry.holder != exception.holder
        }
    }

    /// The live processes that hold queues of a port, or of any port.
    func queueHolders(of object: ObjectReference? = nil, seenBy me: Holder) -> [ProcessIdentity] {
        unsafe holders(seenBy: me) { entry in
            let kind = unsafe entry.end?.kind
            return (kind == .receiveQueue || kind == .transmitQueue)
                && object.map { unsafe entry.object == $0 } ?? true
        }
    }

    /// The live process that holds an end, if any.
    func holder(of end: End, of object: ObjectReference, seenBy me: Holder) -> ProcessIdentity? {
        unsafe holders(seenBy: me) { entry in unsafe entry.object == object && entry.end == end }.first
    }

    private func holders(
        seenBy me: Holder, where matches: (UnsafeMutablePointer<cdpdk_registry_claim>) -> Bool
    ) -> [ProcessIdentity] {
        var found: [Holder] = []
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            guard let holder = unsafe Holder(word: cdpdk_load_acquire_64(entry.holder)), unsafe matches(entry),
                !found.contains(holder), isAlive(holder, seenBy: me)
            else { continue }
            found.append(holder)
        }
        return found.map { identity(of: $0) }
    }

    /// The objects of which a process holds something; it may be dead.
    func claimedObjects() -> Set<ObjectReference> {
        var claimed: Set<ObjectReference> = []
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            if unsafe cdpdk_load_acquire_64(entry.holder) != 0 { unsafe claimed.insert(entry.object) }
        }
        return claimed
    }

    /// The ends that a process holds, as a person would name them; attachments excepted.
    func ends(of me: Holder) -> [String] {
        var names: [String] = []
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            guard unsafe cdpdk_load_acquire_64(entry.holder) == me.word, let end = unsafe entry.end,
                end.kind != .attachment
            else { continue }
            let index = unsafe entry.object.index
            let object = index < Self.objectCount ? try? object(index) : nil
            names.append("\(end.noun) \(object.map { $0.kind.named($0.name) } ?? "an object that is gone")")
        }
        return names
    }
}

extension UnsafeMutablePointer<cdpdk_registry_claim> {
    fileprivate var holder: UnsafeMutablePointer<UInt64> { unsafe cdpdk_registry_claim_holder(self) }

    fileprivate var object: ObjectReference {
        unsafe ObjectReference(
            index: Int(cdpdk_load_relaxed_32(&pointee.object)),
            generation: cdpdk_load_relaxed_32(&pointee.object_generation))
    }

    /// Nil for a kind that this build does not know.
    fileprivate var end: End? {
        unsafe End.Kind(rawValue: cdpdk_load_relaxed_32(&pointee.end))
            .map { unsafe End(kind: $0, index: cdpdk_load_relaxed_32(&pointee.index)) }
    }
}
