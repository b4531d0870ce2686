internal import CDPDK
internal import Synchronization

/// A queue that a process had when it died, of a port whose driver may have left it in a state that nobody can go on
/// with. The claim of the dead process keeps others from it until the queue has been stopped and started.
struct DamagedQueue: Hashable {
    fileprivate let claim: Int
    let holder: Holder
    let port: ObjectReference
    let end: End
}

extension Registry {
    /// The damaged queues of a port, or of all ports.
    ///
    /// A claim of a process that was swept, so that its slot is free or another's, is one on a damaged queue.
    func damagedQueues(of port: ObjectReference? = nil) -> [DamagedQueue] {
        (0..<Self.claimCount).compactMap { index in
            let entry = unsafe claimEntry(index)
            guard let holder = unsafe Holder(word: cdpdk_load_acquire_64(entry.holder)),
                holder.slot < Self.processCount, unsafe entry.object.index < Self.objectCount,
                let end = unsafe entry.end, end.kind.isQueue,
                port.map({ unsafe entry.object == $0 }) ?? true, generation(inSlot: holder.slot) != holder.generation
            else { return nil }
            return unsafe DamagedQueue(claim: index, holder: holder, port: entry.object, end: end)
        }
    }

    /// Whether the death of the holder damages the queue that a claim is on.
    func isDamaging(_ index: Int) -> Bool {
        let entry = unsafe claimEntry(index)
        guard hasPrimary, let kind = unsafe entry.end?.kind, kind.isQueue,
            unsafe entry.object.index < Self.objectCount && isCurrent(entry.object)
        else { return false }
        return unsafe portState(of: entry.object).isDamagedByDeaths
    }

    /// Decides about packets in doubt of a dead process, before its claims are freed. Without a damaged queue, they are
    /// the process's own. If a driver may keep packets in a queue that is stopped and started, nobody can ever know.
    /// Returns how many came back. `freeing` is held.
    func judgeDoubtful(of holder: Holder) -> UInt64 {
        let damaged = (0..<Self.claimCount).filter { index in
            unsafe cdpdk_load_acquire_64(claimEntry(index).holder) == holder.word && isDamaging(index)
        }
        let mayComeBack = damaged.allSatisfy { unsafe portState(of: claimEntry($0).object).releasesAtStop }
        return damaged.isEmpty || !mayComeBack ? cdpdk_doubtful_end(holder.word, damaged.isEmpty) : 0
    }

    /// Keeps the driver of a port from freeing packets in doubt when it stops. The set-up lock is held.
    func referDoubtful(of port: ObjectReference) {
        let holders = Set(damagedQueues(of: port).map(\.holder))
        freeing.withLock { _ in holders.forEach { cdpdk_doubtful_refer($0.word) } }
    }

    /// Frees damaged queues whose driver has let go of all that they had, and that it has started or removed. Packets
    /// in doubt go back to their pools with the last queue of the dead process. The set-up lock is held.
    func free(_ queues: [DamagedQueue]) {
        let rest = Set(damagedQueues()).subtracting(queues).map(\.holder)
        for holder in Set(queues.map(\.holder)).subtracting(rest) {
            freeing.withLock { _ in _ = cdpdk_doubtful_end(holder.word, true) }
        }
        for queue in queues {
            _ = unsafe cdpdk_compare_exchange_64(claimEntry(queue.claim).holder, queue.holder.word, 0)
        }
    }
}
