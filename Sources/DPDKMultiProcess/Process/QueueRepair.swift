internal import CDPDK
internal import Glibc

/// Stops and starts the queues that dead processes have damaged, so that others can have them.
///
/// It works on a thread of its own: a driver frees and allocates packets meanwhile, and may have to wait until the
/// control thread has swept another process, which was killed in the middle of a move.
struct QueueRepair {
    /// Queues that the driver could not restart by themselves.
    private var refused: Set<DamagedQueue> = []

    /// Restarts what can be restarted now. The rest waits until nobody holds a queue of the port.
    mutating func look(_ member: Member) {
        let registry = member.registry
        let damaged = Dictionary(grouping: registry.damagedQueues(), by: \.port)
        refused.formIntersection(damaged.values.joined())
        for (port, queues) in damaged where canTry(port, queues, member) {
            // It fails while another process keeps a lock, and after the shutdown.
            try? registry.whileMemoryChanges { () throws(DPDKError) in
                if canTry(port, queues, member) { restart(port, queues, member) }
            }
        }
    }

    private func canTry(_ port: ObjectReference, _ queues: [DamagedQueue], _ member: Member) -> Bool {
        // The application starts a port that it has stopped, and the start frees the queues.
        member.registry.portState(of: port).isRunning
            && (!refused.isSuperset(of: queues)
                || member.registry.queueHolders(of: port, seenBy: member.holder).isEmpty)
    }

    private mutating func restart(_ port: ObjectReference, _ queues: [DamagedQueue], _ member: Member) {
        let registry = member.registry
        guard let name = try? registry.object(port.index)?.name, registry.isCurrent(port) else { return }
        let id = unsafe cdpdk_port_by_name(name)
        guard let id = UInt16(exactly: id) else { return }
        registry.referDoubtful(of: port)
        for queue in queues where !refused.contains(queue) {
            let status = cdpdk_port_restart_queue(id, UInt16(queue.end.index), queue.end.kind == .transmitQueue)
            if status == 0 {
                registry.free([queue])
            } else {
                refused.insert(queue)
                if status != -ENOTSUP { Self.report("\(queue.end.noun) \(name) cannot be restarted", status) }
            }
        }
        let rest = registry.damagedQueues(of: port)
        guard !rest.isEmpty, registry.queueHolders(of: port, seenBy: member.holder).isEmpty else { return }
        var status = cdpdk_port_stop(id)
        if status == 0 { status = cdpdk_port_start(id) }
        guard status == 0 else {
            registry.note(isRunning: false, of: port)
            return Self.report("port \(name) cannot be restarted and counts as stopped", status)
        }
        registry.noteStart(of: port)
        registry.free(rest)
    }

    private static func report(_ problem: String, _ status: Int32) {
        unsafe cdpdk_log_error("after the death of a process: \(problem): \(RTEErrno(rawValue: status))")
    }
}
