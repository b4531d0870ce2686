extension PacketPool {
    /// The mempool operations behind a packet pool: how free packets are kept.
    ///
    /// The corresponding C term is the name of `rte_mempool_ops`.
    public struct Operations: Hashable, Sendable, CustomStringConvertible {
        /// The name under which DPDK registers the operations.
        public let description: String

        /// Operations by their name, for instance `bucket`; whether they are registered is seen at creation.
        public init(_ name: String) { description = name }

        /// `ring_mt_hts`: a ring whose head and tail move as one, so that a process that was killed in the middle can
        /// be undone. The default, at the speed of ``ringMultiple``.
        public static let ringHeadTailSync = Self("ring_mt_hts")

        /// `ring_mp_mc`: DPDK's own default. A process that is killed in the middle blocks the pool for everybody.
        public static let ringMultiple = Self("ring_mp_mc")

        /// `ring_mt_rts`: a ring with a relaxed tail.
        public static let ringRelaxedTailSync = Self("ring_mt_rts")

        /// `ring_sp_sc`: for a pool that one thread alone allocates from and frees to.
        public static let ringExclusive = Self("ring_sp_sc")

        /// `stack`: last in, first out, under a spin lock.
        public static let stack = Self("stack")

        /// `lf_stack`: last in, first out, without a lock. Several times slower between two CPUs.
        public static let lockFreeStack = Self("lf_stack")
    }
}
