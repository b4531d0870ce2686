import CBaseline
import DPDKMultiProcess

extension Bench {
    /// A cell of packets that are allocated and freed at once.
    func pool(_ key: Key) throws -> Workload {
        let (pool, rawPool) = unsafe try packetPool()
        return Workload(key: key) { [process] rounds in
            var packets = try PacketBurst(capacity: key.burst, in: process)
            return Loop.pool(pool, &packets, count: key.burst, rounds: rounds).checked(pool.inUseCount == 0)
        } baseline: { rounds in
            let outcome = unsafe cbaseline_pool(rawPool, UInt32(key.burst), UInt64(rounds))
            return Workload.Outcome(outcome).checked(pool.inUseCount == 0)
        }
    }

    /// A cell of single packets that are allocated and freed at once.
    func poolSingle(_ key: Key) throws -> Workload {
        let (pool, rawPool) = unsafe try packetPool()
        return Workload(key: key) { rounds in
            Loop.poolSingle(pool, rounds: rounds).checked(pool.inUseCount == 0)
        } baseline: { rounds in
            let outcome = unsafe cbaseline_pool_single(rawPool, UInt64(rounds))
            return Workload.Outcome(outcome).checked(pool.inUseCount == 0)
        }
    }
}
