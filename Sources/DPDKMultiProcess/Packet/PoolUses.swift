internal import Synchronization

/// Which pools the ports of this process, a primary, receive into; such a pool must not be freed.
enum PoolUses {
    private struct Use {
        let port: Attachment
        let pool: ObjectReference
    }

    private static let uses = Mutex<[Use]>([])

    /// Notes that a port is about to receive into a pool; its earlier pools stay noted.
    static func add(_ pool: PacketPool, to port: Attachment) {
        uses.withLock { $0.append(Use(port: port, pool: pool.attachment.reference)) }
    }

    /// Forgets a port's latest pool, because the port could not be configured for it.
    static func removeLast(of port: Attachment) {
        uses.withLock { uses in
            if let last = uses.lastIndex(where: { $0.port.reference == port.reference }) { uses.remove(at: last) }
        }
    }

    /// Forgets all pools of a port but the latest, because the port is configured for that one now.
    static func keepLast(of port: Attachment) {
        uses.withLock { uses in
            guard let last = uses.last(where: { $0.port.reference == port.reference }) else { return }
            uses.removeAll { $0.port.reference == port.reference }
            uses.append(last)
        }
    }

    /// Forgets all pools of a port that was closed.
    static func removeAll(of port: Attachment) {
        uses.withLock { uses in uses.removeAll { $0.port.reference == port.reference } }
    }

    /// The names of the ports that receive into a pool.
    static func ports(of pool: Attachment) -> Set<String> {
        uses.withLock { uses in Set(uses.filter { $0.pool == pool.reference }.map(\.port.name)) }
    }
}
