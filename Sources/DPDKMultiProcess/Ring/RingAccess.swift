internal import CDPDK

/// How one side of a ring is shared between those who use it.
///
/// The corresponding C type is `rte_ring_sync_type`.
public enum RingAccess: Hashable, Sendable {
    /// One holder at a time (`RTE_RING_SYNC_ST`): the fastest, and the default.
    case exclusive
    /// Many at once (`RTE_RING_SYNC_MT`). One that is stopped in the middle stops all others.
    case multiple
    /// Many at once, with a relaxed tail (`RTE_RING_SYNC_MT_RTS`): better where there are more threads than CPUs.
    case relaxedTailSync
    /// Many at once, one after the other (`RTE_RING_SYNC_MT_HTS`): head and tail move as one.
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
