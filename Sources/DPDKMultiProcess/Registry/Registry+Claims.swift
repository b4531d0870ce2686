internal import CDPDK

/// A process as the holder of a claim, in one word of shared memory: its slot plus 1, and the slot's generation.
///
/// The word 0 stands for no holder.
struct Holder: Hashable, Sendable {
    let word: UInt64

    init(slot: Int, generation: UInt32) {
        word = UInt64(slot + 1) << 32 | UInt64(generation)
    }

    /// Nil if the word names no holder.
    init?(word: UInt64) {
        if word >> 32 == 0 { return nil }
        self.word = word
    }

    var slot: Int { Int(word >> 32) - 1 }
    var generation: UInt32 { UInt32(truncatingIfNeeded: word) }
}

/// A thing that a process can claim: an end of a ring or a port, a handle, or access to a region.
struct End: Hashable, Sendable {
    /// The numbers are part of the registry's format.
    enum Kind: UInt32 {
        case producer = 1
        case consumer = 2
        case receiveQueue = 3
        case transmitQueue = 4
        case sharedProducer = 5
        case sharedConsumer = 6
        /// A handle, which keeps its object from being destroyed.
        case attachment = 7
        /// Access to the memory of a region.
        case access = 8

        /// Whether only one process at a time may hold it.
        var isExclusive: Bool { rawValue <= Self.transmitQueue.rawValue }
        var isQueue: Bool { self == .receiveQueue || self == .transmitQueue }
    }

    let kind: Kind
    /// The number of the queue; 0 for anything else.
    var index: UInt32 = 0

    /// The words for messages, before the name of the object.
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

/// A claim that this process holds. Any thread may release it, with one store to shared memory.
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
    /// If the holder is dead, this waits until the primary has freed its claims.
    func claim(_ end: End, of object: ObjectReference, named what: String, for me: Holder) throws(DPDKError) -> Claim {
        let deadline = ContinuousClock.now + Self.claimPatience
        while true {
            let result = try withSetUpLock { () throws(DPDKError) -> Result<Claim, Busy> in
                try tryClaim(end, of: object, named: what, for: me)
            }
            switch result {
            case .success(let claim): return claim
            case .failure(let busy):
                guard busy.isTransient, ContinuousClock.now < deadline else { throw busy.error(what) }
                cdpdk_sleep_microseconds(2_000)
            }
        }
    }

    /// Claims a handle, of which there may be many. The set-up lock is held.
    func attach(to object: ObjectReference, named what: String, for me: Holder) throws(DPDKError) -> Claim {
        try write(End(kind: .attachment), of: object, named: what, for: me)
    }

    /// Why a claim cannot be made now.
    private struct Busy: Error {
        enum State: Equatable {
            case own, alive, dead
            /// A queue that is damaged, with the processes that hold others of its port.
            case damaged([ProcessIdentity])
        }
        let holder: ProcessIdentity
        let state: State

        /// Whether waiting may help.
        var isTransient: Bool { state != .own && state != .alive }

        func error(_ what: String) -> DPDKError {
            let (message, remedy) =
                switch state {
                case .own: ("this process already holds it", "Let go of the existing end before you make another one")
                case .alive: ("\(holder) holds it", "Use another one, or end that process first")
                case .dead:
                    (
                        "\(holder) held it and has ended, but the primary has not freed it yet",
                        "Check whether the primary is stopped"
                    )
                case .damaged(let others) where others.isEmpty:
                    (
                        "its holder was killed, and the primary has not restarted it yet",
                        "Check whether the primary is stopped"
                    )
                case .damaged(let others):
                    (
                        "its holder was killed, and it cannot be restarted while others hold queues of the port: "
                            + "\(others.map(\.description).joined(separator: ", "))",
                        "Let these processes give up their queues of the port, or end them"
                    )
                }
            let holders = if case .damaged(let others) = state { others } else { [holder] }
            return DPDKError(.endpointInUse, what, message, remedy: remedy, holders: holders)
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
            var state: Busy.State = holder == me ? .own : isAlive(holder, seenBy: me) ? .alive : .dead
            if state == .dead, generation(inSlot: holder.slot) != holder.generation {
                state = .damaged(queueHolders(of: object, seenBy: me))
            }
            if state == .own || state == .alive || hasPrimary {
                return .failure(Busy(holder: identity(of: holder), state: state))
            }
            // If the primary does not use this library, no other process frees the claims of dead processes.
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
                remedy: "Let go of handles and ends of rings, pools, regions and ports that are no longer needed")
        }
        let entry = unsafe claimEntry(free)
        unsafe cdpdk_store_relaxed_32(&entry.pointee.object, UInt32(object.index))
        unsafe cdpdk_store_relaxed_32(&entry.pointee.object_generation, object.generation)
        unsafe cdpdk_store_relaxed_32(&entry.pointee.end, end.kind.rawValue)
        unsafe cdpdk_store_relaxed_32(&entry.pointee.index, end.index)
        unsafe cdpdk_store_release_64(entry.holder, me.word)
        return unsafe Claim(holder: entry.holder, word: me.word)
    }

    /// The live processes that have a claim on an object, not counting the claim `exception`.
    func holders(of object: ObjectReference, butFor exception: Claim, seenBy me: Holder) -> [ProcessIdentity] {
        unsafe holders(seenBy: me) { entry in
            unsafe entry.object == object && entry.holder != exception.holder
        }
    }

    /// A dead process that has a claim on an object.
    func deadHolder(of object: ObjectReference, seenBy me: Holder) -> Holder? {
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            if let holder = unsafe Holder(word: cdpdk_load_acquire_64(entry.holder)), unsafe entry.object == object,
                !isAlive(holder, seenBy: me)
            {
                return holder
            }
        }
        return nil
    }

    /// The live processes that hold queues of a port, or of any port if `object` is nil.
    func queueHolders(of object: ObjectReference? = nil, seenBy me: Holder) -> [ProcessIdentity] {
        unsafe holders(seenBy: me) { entry in
            unsafe (entry.end?.kind.isQueue ?? false) && object.map { unsafe entry.object == $0 } ?? true
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

    /// The objects on which a process, alive or dead, has a claim.
    func claimedObjects() -> Set<ObjectReference> {
        var claimed: Set<ObjectReference> = []
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            if unsafe cdpdk_load_acquire_64(entry.holder) != 0 { unsafe claimed.insert(entry.object) }
        }
        return claimed
    }

    /// The ends that a process holds, in words for messages, without its handles.
    func ends(of me: Holder) -> [String] {
        var names: [String] = []
        for index in 0..<Self.claimCount {
            let entry = unsafe claimEntry(index)
            guard unsafe cdpdk_load_acquire_64(entry.holder) == me.word, let end = unsafe entry.end,
                end.kind != .attachment
            else { continue }
            let index = unsafe entry.object.index
            let object = index < Self.objectCount ? try? object(index) : nil
            names.append("\(end.noun) \(object.map { $0.kind.named($0.name) } ?? "a destroyed object")")
        }
        return names
    }
}

extension UnsafeMutablePointer<cdpdk_registry_claim> {
    var holder: UnsafeMutablePointer<UInt64> { unsafe cdpdk_registry_claim_holder(self) }

    var object: ObjectReference {
        unsafe ObjectReference(
            index: Int(cdpdk_load_relaxed_32(&pointee.object)),
            generation: cdpdk_load_relaxed_32(&pointee.object_generation))
    }

    /// Nil for a kind that this build does not know.
    var end: End? {
        unsafe End.Kind(rawValue: cdpdk_load_relaxed_32(&pointee.end))
            .map { unsafe End(kind: $0, index: cdpdk_load_relaxed_32(&pointee.index)) }
    }
}
