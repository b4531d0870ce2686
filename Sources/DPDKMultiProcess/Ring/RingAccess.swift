internal import CDPDK

/// How the processes and threads that use one side of a ring share it.
///
/// A process that is killed in the middle of an operation blocks the ring for everybody, except with `.exclusive` ends
/// of this library; no other mode can be repaired, `.headTailSync` included. If processes may be killed, use exclusive
/// ends.
///
/// The corresponding C type is `rte_ring_sync_type`.
public enum RingAccess: Hashable, Sendable {
    /// One holder at a time (`RTE_RING_SYNC_ST`): the fastest mode, and the default.
    ///
    /// The end of a killed holder is free for the next one, and the ring is not damaged.
    case exclusive
    /// Many holders, whose operations overlap and end in the order in which they began (`RTE_RING_SYNC_MT`). A holder
    /// that is stopped or killed in the middle of one blocks all others.
    case multiple
    /// Many holders, whose operations overlap and end in any order (`RTE_RING_SYNC_MT_RTS`): better if there are more
    /// threads than CPUs. After a kill in the middle of an operation, the tail stays where it is, and the ring soon
    /// blocks.
    case relaxedTailSync
    /// Many holders, of which one at a time is in the middle of an operation (`RTE_RING_SYNC_MT_HTS`). A holder that is
    /// stopped or killed in the middle of one blocks all others.
    case headTailSync

    var syncType: Int32 {
        switch self {
        case .exclusive: Int32(CDPDK_RING_SYNC_ST)
        case .multiple: Int32(CDPDK_RING_SYNC_MT)
        case .relaxedTailSync: Int32(CDPDK_RING_SYNC_MT_RTS)
        case .headTailSync: Int32(CDPDK_RING_SYNC_MT_HTS)
        }
    }

    init?(syncType: Int32) {
        switch Int(syncType) {
        case CDPDK_RING_SYNC_ST: self = .exclusive
        case CDPDK_RING_SYNC_MT: self = .multiple
        case CDPDK_RING_SYNC_MT_RTS: self = .relaxedTailSync
        case CDPDK_RING_SYNC_MT_HTS: self = .headTailSync
        default: return nil
        }
    }
}
