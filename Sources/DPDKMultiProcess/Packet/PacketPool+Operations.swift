extension PacketPool {
    /// How a pool keeps its free packets (the mempool operations).
    ///
    /// Only ``ringHeadTailSync`` survives every kill of a process. With the others, packets that were just being
    /// allocated or freed count for ``PacketPool/doubtfulCount`` then.
    ///
    /// The corresponding C structure is `rte_mempool_ops`.
    public struct Operations: Hashable, Sendable, CustomStringConvertible {
        /// The name under which DPDK registers the operations.
        public let description: String

        /// Names operations that a driver registers, for instance `bucket`. The creation of a pool throws if no driver
        /// does.
        public init(_ name: String) { description = name }

        /// `ring_mt_hts`: a ring in which one move at a time goes on. The default, as fast as ``ringMultiple``.
        ///
        /// In a group whose primary uses this library, the primary undoes the move of a process that is killed in the
        /// middle of it, and the others go on. In other groups, and if a C process is killed, the pool is blocked for
        /// everybody.
        public static let ringHeadTailSync = Self("ring_mt_hts")

        /// `ring_mp_mc`: a ring in which several moves go on at once; DPDK's own default.
        ///
        /// A process that is killed in the middle of a move blocks the pool for everybody.
        public static let ringMultiple = Self("ring_mp_mc")

        /// `ring_mt_rts`: as ``ringMultiple``, but moves do not wait for those that began earlier.
        ///
        /// A process that is killed in the middle of a move blocks the pool for everybody.
        public static let ringRelaxedTailSync = Self("ring_mt_rts")

        /// `ring_sp_sc`: a ring for a pool that only one thread allocates from and frees to.
        public static let ringExclusive = Self("ring_sp_sc")

        /// `stack`: last in, first out, under a spin lock.
        ///
        /// A process that is killed while it has the lock blocks the pool for everybody. What a killed process held
        /// does not come back to such a pool.
        public static let stack = Self("stack")

        /// `lf_stack`: last in, first out, without a lock. Several times slower between two CPUs.
        public static let lockFreeStack = Self("lf_stack")
    }
}
