/// What a client is doing. It says so in shared memory before each step, so that the primary knows what a dead one did.
enum Phase: UInt32, CaseIterable {
    /// The primary has started the process, which has not attached yet.
    case starting
    /// It has attached, and makes its ends and bursts, or waits for the primary.
    case attached
    /// It looks at packets, or writes into them.
    case checking
    /// It has found nothing to do, and lets others run.
    case looking
    case dequeueBurst, dequeueBulk, dequeueOne, enqueueBurst, enqueueBulk, enqueueOne
    case freeAll, freeFirst, freeSome, freeOne
    case popFirst, popLast, appendOne, appendBurst, scatter
    case allocateOne, allocateBulk
    case transmitBurst, transmitBuffer, transmitOne, flush, receive
    case resting
    /// It was asked to leave, and does.
    case leaving
}
