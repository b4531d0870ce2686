import DPDKMultiProcess

// MARK: - Pools

extension Loop {
    /// Allocates a burst and frees it, `rounds` times.
    @inline(never)
    static func pool(_ pool: PacketPool, _ burst: inout PacketBurst, count: Int, rounds: Int) -> Workload.Outcome {
        time(rounds, of: count) {
            guard pool.allocateBulk(count, into: &burst) else { return false }
            burst.removeAll()
            return true
        }
    }

    /// Allocates a packet and frees it, `rounds` times.
    @inline(never)
    static func poolSingle(_ pool: PacketPool, rounds: Int) -> Workload.Outcome {
        time(rounds, of: 1) {
            guard let packet = try? pool.allocate() else { return false }
            _ = consume packet
            return true
        }
    }
}
