internal import Synchronization

/// What this process has seen of the others of its group: the control thread looks, and those who watch read it here.
///
/// The registry tells of each slot which process has it and how the ones before have ended, so that no look that comes
/// late misses an end. Of itself a secondary looks after its primary, and after everybody if no primary with this
/// library runs, since nobody else writes deaths into the registry then.
final class PeerLog: Sendable {
    /// How many events are kept at least.
    private static let limit = 1024

    private let registry: Registry
    private let locks: RecordLocks
    private let me: Holder
    /// The primary, as the kernel names it here.
    private let primary: Int32?
    private let state: Mutex<State>
    /// How many events there have been.
    private let total = Atomic(0)

    private struct State {
        /// The last generation of each slot that is known to be over.
        var over: [UInt32]
        /// Who has each slot.
        var present = [ProcessIdentity?](repeating: nil, count: Registry.processCount)
        /// The newest events.
        var events: [PeerEvent] = []
        var streams: [Int: AsyncStream<PeerEvent>.Continuation] = [:]
        var streamCount = 0
        var isFinished = false

        var announcements: [PeerEvent] {
            present.compactMap { process in process.map { PeerEvent(kind: .attached, process: $0) } }
        }
    }

    init(_ registry: Registry, for me: Holder, _ locks: RecordLocks) {
        self.registry = registry
        self.locks = locks
        self.me = me
        primary = locks.holder(of: .slot(0))
        state = Mutex(State(over: (0..<Registry.processCount).map { registry.endings(ofSlot: $0).last }))
        look()
    }

    /// Looks at the group, and tells those who watch what has changed.
    func look() {
        let (events, streams) = state.withLock { state in
            var events: [PeerEvent] = []
            for slot in 0..<Registry.processCount where slot != me.slot { look(at: slot, &state, &events) }
            if !events.isEmpty {
                state.events += events
                if state.events.count > 2 * Self.limit { state.events.removeFirst(state.events.count - Self.limit) }
                total.add(events.count, ordering: .releasing)
            }
            return (events, Array(state.streams.values))
        }
        for event in events { for stream in streams { stream.yield(event) } }
    }

    private func look(at slot: Int, _ state: inout State, _ events: inout [PeerEvent]) {
        // Who leaves in order says so before its lock goes, so the lock is looked at first.
        let isGone = state.present[slot] != nil && isGone(slot, isLed: registry.hasPrimary && state.present[0] != nil)
        let endings = registry.endings(ofSlot: slot)
        let count = Int32(bitPattern: endings.last &- state.over[slot])
        if count > 32, let process = state.present[slot].take() {
            events.append(PeerEvent(kind: .died, process: process))
        }
        for age in (0..<max(0, min(count, 32))).reversed() {
            let generation = endings.last &- UInt32(age)
            let process = state.present[slot].take() ?? attached(slot, generation, &events)
            let died = endings.deaths >> age & 1 == 1
            let returned = died ? registry.returnedPackets(of: Holder(slot: slot, generation: generation)) : 0
            events.append(PeerEvent(kind: died ? .died : .left, process: process, returnedPackets: returned))
        }
        if count > 0 { state.over[slot] = endings.last }
        if isGone, let process = state.present[slot].take() {
            events.append(PeerEvent(kind: .died, process: process))
            state.over[slot] = process.generation
        }
        if state.present[slot] == nil, let generation = registry.generation(inSlot: slot),
            generation == state.over[slot] &+ 1
        {
            state.present[slot] = attached(slot, generation, &events)
        }
    }

    private func attached(_ slot: Int, _ generation: UInt32, _ events: inout [PeerEvent]) -> ProcessIdentity {
        let process = registry.identity(of: Holder(slot: slot, generation: generation))
        events.append(PeerEvent(kind: .attached, process: process))
        return process
    }

    /// Whether a process that the registry has as attached is gone, as far as it is for this process to find out.
    private func isGone(_ slot: Int, isLed: Bool) -> Bool {
        if me.slot == 0 || slot != 0 && isLed { return false }
        return slot == 0 ? isPrimaryGone : locks.holder(of: .slot(slot)) == nil
    }

    /// Whether the primary with this library that ran at the start of this process is gone.
    var isPrimaryGone: Bool {
        guard let holder = locks.holder(of: .slot(0)) else { return true }
        // The next primary holds the lock while it finds out that it cannot start yet.
        return holder != 0 && holder != primary
    }
}

// MARK: - For those who watch

extension PeerLog {
    /// Those who are there, newest slot first, and the position of the next event.
    func begin() -> (present: [PeerEvent], position: Int) {
        state.withLock { ($0.announcements.reversed(), total.load(ordering: .relaxed)) }
    }

    /// The event at a position, or the oldest one that is kept; nil if there is none yet.
    func next(_ position: inout Int) -> PeerEvent? {
        guard total.load(ordering: .relaxed) != position else { return nil }
        return state.withLock { state in
            let first = total.load(ordering: .relaxed) - state.events.count
            position = max(position, first) + 1
            return state.events[position - 1 - first]
        }
    }

    /// A stream of those who are there and of all events from now on.
    func stream() -> AsyncStream<PeerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: PeerEvent.self, bufferingPolicy: .bufferingNewest(Self.limit))
        let number = state.withLock { state in
            for event in state.announcements { continuation.yield(event) }
            if state.isFinished { continuation.finish() } else { state.streams[state.streamCount] = continuation }
            state.streamCount += 1
            return state.streamCount - 1
        }
        continuation.onTermination = { _ in self.state.withLock { $0.streams[number] = nil } }
        return stream
    }

    /// Ends the streams.
    func finish() {
        let streams = state.withLock { state in
            state.isFinished = true
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }
}
