internal import CDPDK

/// How the processes and threads that use one side of a ring share it.
///
/// The modes differ in what happens if a process is killed in the middle of an operation. In a group whose primary uses
/// this library, `.exclusive` and `.headTailSync` sides go on: the operation was done, or the primary undoes it. The
/// other modes cannot be repaired, and an operation of a C process cannot in any mode but `.exclusive`. If processes
/// may be killed, use exclusive ends, or `.headTailSync` for many holders.
///
/// The corresponding C type is `rte_ring_sync_type`.
public enum RingAccess: Hashable, Sendable {
    /// One holder at a time (`RTE_RING_SYNC_ST`): the fastest mode, and the default.
    ///
    /// The end of a killed holder is free for the next one, and the ring is not damaged.
    case exclusive
    /// Many holders, whose operations overlap and end in the order in which they began (`RTE_RING_SYNC_MT`).
    ///
    /// A holder that is stopped or killed in the middle of an operation blocks all others. After a kill, this side of
    /// the ring stays blocked: some 100 ms later operations there move nothing, new ends are refused with
    /// ``DPDKError/Code/groupDamaged``, and only a new ring helps. Packets of that operation count for
    /// ``PacketPool/doubtfulCount``.
    case multiple
    /// Many holders, whose operations overlap and end in any order (`RTE_RING_SYNC_MT_RTS`): better if there are more
    /// threads than CPUs.
    ///
    /// After a kill in the middle of an operation, the tail stays where it is, and the ring soon blocks. That is told
    /// as with ``multiple``. Packets of that operation count for ``PacketPool/doubtfulCount``; what others put into the
    /// ring behind it is lost.
    case relaxedTailSync
    /// Many holders, of which one at a time is in the middle of an operation (`RTE_RING_SYNC_MT_HTS`).
    ///
    /// After a kill in the middle of an operation, the others wait some 20 ms until the primary has undone it, or has
    /// seen that it was done. A holder that is stopped there blocks the others: an operation gives up after half a
    /// second, and moves nothing. In a group whose primary does not use this library, a kill blocks all others for
    /// good.
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

/// How often an exclusive end of a ring looks how far the other side has come.
///
/// Each look fetches a cache line from the other side's CPU, which then has to fetch it back. An end that is faster
/// than the other side looks after every few elements, and slows both down.
public enum RingPacing: Hashable, Sendable {
    /// At once, whenever it needs to know: an element is seen as soon as it can be.
    case latency
    /// Rarely enough for a batch to build up: more elements a second between two CPUs. An operation on few elements
    /// that has to look may wait for up to a microsecond before, and returns what is there then, if anything.
    case throughput
}
